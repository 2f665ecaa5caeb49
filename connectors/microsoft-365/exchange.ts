/**
 * Exchange Online's cmdlets, the way that Microsoft's own PowerShell module sends them: one POST each, with the cmdlet
 * and its parameters as JSON (docs/decisions/0013-exchange-without-powershell.md). Only those named here are ever sent.
 */
import { z } from 'zod'
import { everyPage, type Gate, type Json, Rejected, rest } from '../../src/connector.ts'
import { hasCode } from './errors.ts'
import type { Settings } from './settings.ts'

export type Cmdlet =
  | 'Get-Mailbox'
  | 'Set-Mailbox'
  | 'Get-CASMailbox'
  | 'Set-CASMailbox'
  | 'Get-MailboxPermission'
  | 'Add-MailboxPermission'
  | 'Remove-MailboxPermission'
  | 'Get-MailboxStatistics'
  | 'Get-DistributionGroup'
  | 'Add-DistributionGroupMember'
  | 'Remove-DistributionGroupMember'

export interface Exchange {
  /** The objects that the cmdlet gives, all pages; undefined where Exchange says that what it names is not there. */
  get<T>(cmdlet: Cmdlet & `Get-${string}`, parameters: Parameters, shape: z.ZodType<T>): Promise<T[] | undefined>
  /** Throws Rejected with Exchange's own words; `code` is the name of its exception. */
  order(cmdlet: Exclude<Cmdlet, `Get-${string}`>, parameters: Parameters): Promise<void>
}

export type Parameters = Readonly<Record<string, Json>>

/** The mailbox of the organisation's own that Exchange routes an app's requests by; the same in every tenant. */
const router = 'SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}'

export function openExchange(settings: Settings, token: () => Promise<string>, gate: Gate): Exchange {
  const api = rest({
    vendor: 'Exchange Online',
    base: `${settings.exchangeUrl}/adminapi/beta`,
    headers: async () => {
      const held = await token()
      return {
        authorization: `Bearer ${held}`,
        'x-anchormailbox': `APP:${router}@${tenantIn(held) ?? settings.tenant}`,
        prefer: 'odata.maxpagesize=1000',
      }
    },
    fetch: gate.fetch,
    words,
  })

  async function where(): Promise<string> {
    return `/${encodeURIComponent(tenantIn(await token()) ?? settings.tenant)}/InvokeCommand`
  }

  return {
    async get(cmdlet, parameters, shape) {
      const Page = z.object({ value: z.array(shape), '@odata.nextLink': z.string().optional() })
      const json = input(cmdlet, parameters)
      try {
        return await everyPage('Exchange Online', await where(), async (page) => {
          const { value, '@odata.nextLink': next } = await api.ask(`run ${cmdlet}`, page, Page, {
            method: 'POST',
            json,
          })
          return { items: value, next }
        })
      } catch (error) {
        if (hasCode(error, notThere)) return undefined
        throw error
      }
    },
    async order(cmdlet, parameters) {
      await api.order(`run ${cmdlet}`, await where(), { method: 'POST', json: input(cmdlet, parameters) })
    },
  }
}

function input(cmdlet: Cmdlet, parameters: Parameters): Json {
  return { CmdletInput: { CmdletName: cmdlet, Parameters: { ...parameters } } }
}

/** What Exchange throws where the object that `Identity` names does not exist. */
const notThere = 'ManagementObjectNotFoundException'

export function isAlreadyMember(error: unknown): boolean {
  return hasCode(error, 'MemberAlreadyExistsException')
}

export function isNoMember(error: unknown): boolean {
  return hasCode(error, 'MemberNotFoundException')
}

const text = z.string().nullish()
const Refusal = z.object({
  error: z.object({
    code: text,
    message: text,
    details: z.array(z.object({ message: text })).nullish(),
    innererror: z.object({ internalexception: z.object({ message: text }).nullish(), message: text }).nullish(),
  }),
})

/** `Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't…` */
const thrown = /^Ex[0-9A-F]+\|(?:\w+\.)*(\w+)\|(.*)$/s

function words(body: unknown): { code?: string | undefined; message?: string | undefined } {
  const said = Refusal.safeParse(body).data?.error
  const message = said?.details?.find((one) => one.message)?.message ?? said?.innererror?.message ?? said?.message
  const [, exception, why] = thrown.exec(message ?? '') ?? []
  return { code: exception ?? said?.code ?? undefined, message: why ?? message ?? undefined }
}

/** Exceptions that are Exchange's last word, with whatever status they come. */
export function isLastWord(body: string): boolean {
  return /\|[\w.]*\b(ManagementObjectNotFoundException|MemberAlreadyExistsException|MemberNotFoundException)\|/.test(
    body,
  )
}

/** Read, not trusted: it says where to ask, and Exchange checks the token itself. */
function tenantIn(token: string): string | undefined {
  return claimsIn(token)?.tid
}

const Claims = z.object({ tid: z.string().optional(), roles: z.array(z.string()).default([]) })

export function claimsIn(token: string): z.infer<typeof Claims> | undefined {
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** Throws where Exchange is not switched on, which no step of its own ever sees. */
export function needed(exchange: Exchange | undefined): Exchange {
  if (!exchange) throw new Rejected('Exchange is not switched on in the settings (microsoft-365: exchange).')
  return exchange
}
