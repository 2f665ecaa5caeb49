/** An inbox rule as Graph documents it, named field by field: it goes on record to be given back, and nothing else may. */
import { z } from 'zod'

const Recipients = z
  .array(z.object({ emailAddress: z.object({ name: z.string().nullish(), address: z.string().nullish() }).nullish() }))
  .nullish()
const words = z.array(z.string()).nullish()
const flag = z.boolean().nullish()
const word = z.string().nullish()

const Actions = z.object({
  assignCategories: words,
  copyToFolder: word,
  delete: flag,
  forwardAsAttachmentTo: Recipients,
  forwardTo: Recipients,
  markAsRead: flag,
  markImportance: word,
  moveToFolder: word,
  permanentDelete: flag,
  redirectTo: Recipients,
  stopProcessingRules: flag,
})

const Predicates = z.object({
  bodyContains: words,
  bodyOrSubjectContains: words,
  categories: words,
  fromAddresses: Recipients,
  hasAttachments: flag,
  headerContains: words,
  importance: word,
  isApprovalRequest: flag,
  isAutomaticForward: flag,
  isAutomaticReply: flag,
  isEncrypted: flag,
  isMeetingRequest: flag,
  isMeetingResponse: flag,
  isNonDeliveryReport: flag,
  isPermissionControlled: flag,
  isReadReceipt: flag,
  isSigned: flag,
  isVoicemail: flag,
  messageActionFlag: word,
  notSentToMe: flag,
  recipientContains: words,
  senderContains: words,
  sensitivity: word,
  sentCcMe: flag,
  sentOnlyToMe: flag,
  sentToAddresses: Recipients,
  sentToMe: flag,
  sentToOrCcMe: flag,
  subjectContains: words,
  withinSizeRange: z.object({ maximumSize: z.number().nullish(), minimumSize: z.number().nullish() }).nullish(),
})

export const Rule = z.object({
  id: z.string(),
  displayName: word,
  sequence: z.number().nullish(),
  isEnabled: flag,
  isReadOnly: flag,
  actions: Actions.nullable(),
  conditions: Predicates.nullish(),
  exceptions: Predicates.nullish(),
})
export type Rule = z.infer<typeof Rule>
