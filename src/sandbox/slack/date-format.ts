/** Formats of dates, kept: making one takes a hundred times as long as using it. */

const kept = new Map<string, Intl.DateTimeFormat>()

export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${locale} ${JSON.stringify(options)}`
  const format = kept.get(name) ?? new Intl.DateTimeFormat(locale, options)
  kept.set(name, format)
  return format
}
