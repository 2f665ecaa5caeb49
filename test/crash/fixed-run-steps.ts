/** A connector with a few of its steps only. */
import type { Connector } from '../../src/connector.ts'

export function withSteps<Settings, Client>(connector: Connector<Settings, Client>, ids: readonly string[]) {
  const few = (all: typeof connector.steps) => all.filter((step) => ids.includes(step.id))
  const { configured } = connector
  return {
    ...connector,
    steps: few(connector.steps),
    ...(configured && {
      configured(settings: Settings) {
        const more = configured(settings)
        return more.steps ? { ...more, steps: few(more.steps) } : more
      },
    }),
  }
}
