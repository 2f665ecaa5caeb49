/** The brake on everything at once, the console password, and the second factor. */
import { type At, type Finding, Rejected } from '../../src/connector.ts'
import { isCode, unlessGone } from './answers.ts'
import { type Aws, all } from './client.ts'
import { isoDay, type On, userStep } from './step.ts'

export const denyAllPolicy = 'LatchkeyDenyAll'

const denyAllDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
})

/**
 * An explicit denial wins over everything that allows, for the user and for the sessions made from the user's keys
 * (GetSessionToken, GetFederationToken). Sessions of a role that the user assumed live on until they expire.
 */
export const denyAll = userStep({
  id: 'deny-all',
  title: 'Deny everything',
  phase: 'contain',
  supersededBy: 'aws/delete-user',
  async look(on) {
    const there = deniesAll(await policyDocument(on, denyAllPolicy))
    const fact = there
      ? `Inline policy ${denyAllPolicy} denies every action. Sessions of roles assumed before it live on, for 12 hours at most.`
      : `No inline policy ${denyAllPolicy}`
    return [{ id: denyAllPolicy, label: 'Everything, at once', state: there ? 'done' : 'open', fact }]
  },
  act: putDenyAll,
  giveBack: removeDenyAll,
})

export async function putDenyAll({ realm, userName, signal }: On): Promise<void> {
  const order = { UserName: userName, PolicyName: denyAllPolicy, PolicyDocument: denyAllDocument }
  await realm.send(new realm.iam.PutUserPolicyCommand(order), signal)
}

export async function removeDenyAll({ realm, userName, signal }: On): Promise<void> {
  await unlessGone(
    realm.send(new realm.iam.DeleteUserPolicyCommand({ UserName: userName, PolicyName: denyAllPolicy }), signal),
  )
}

/** AWS hands policies out percent-encoded (RFC 3986). */
export async function policyDocument({ realm, userName, signal }: On, name: string): Promise<string | undefined> {
  try {
    const answer = await realm.send(
      new realm.iam.GetUserPolicyCommand({ UserName: userName, PolicyName: name }),
      signal,
    )
    return decodeURIComponent(answer.PolicyDocument ?? '')
  } catch (error) {
    if (isGoneItself(error)) return undefined
    throw error
  }
}

/** Whether one statement denies every action on everything without any condition; somebody may have softened it. */
function deniesAll(document: string | undefined): boolean {
  if (!document) return false
  const { Statement: statements } = JSON.parse(document) as { Statement?: unknown }
  return [statements].flat().some((statement) => {
    const { Sid: _, ...said } = statement as Record<string, unknown>
    const every = (value: unknown) => [value].flat().includes('*')
    return Object.keys(said).length === 3 && said.Effect === 'Deny' && every(said.Action) && every(said.Resource)
  })
}

/** AWS answers NoSuchEntity for a missing user too, and that must not read as "the thing is gone". */
function isGoneItself(error: unknown): boolean {
  return isCode(error, 'NoSuchEntity') && !(error as Rejected).message.includes('The user with name')
}

export const consolePassword = userStep({
  id: 'console-password',
  title: 'Remove the console password',
  phase: 'contain',
  after: ['aws/deny-all'],
  async look({ realm, userName, signal }, user) {
    try {
      const { LoginProfile: profile } = await realm.send(
        new realm.iam.GetLoginProfileCommand({ UserName: userName }),
        signal,
      )
      const used = user.PasswordLastUsed ? `, last used ${isoDay(user.PasswordLastUsed)}` : ', never used'
      const fact = `Password set ${isoDay(profile?.CreateDate)}${used}`
      return [{ id: 'login-profile', label: 'Console password', state: 'open', fact }]
    } catch (error) {
      if (isGoneItself(error)) return []
      throw error
    }
  },
  act: removePassword,
})

export async function removePassword({ realm, userName, signal }: On): Promise<void> {
  await unlessGone(realm.send(new realm.iam.DeleteLoginProfileCommand({ UserName: userName }), signal))
}

export const mfaDevices = userStep({
  id: 'mfa-devices',
  title: 'Remove MFA devices',
  phase: 'contain',
  // While the password works, the second factor keeps others out.
  needs: ['aws/console-password'],
  async look(on, _user, at) {
    const [assigned, leftOver] = await Promise.all([devicesOf(on), leftOverDevices(on, at)])
    return [...assigned, ...leftOver]
  },
  act: (on, finding) => removeDevice(on, finding.id),
})

export async function devicesOf({ realm, userName, signal }: On): Promise<Finding[]> {
  const devices = await all(
    (marker) => realm.send(new realm.iam.ListMFADevicesCommand({ UserName: userName, ...marker }), signal),
    (page) => page.MFADevices,
  )
  return devices.map((device) => deviceFinding(device.SerialNumber ?? '', `Enabled ${isoDay(device.EnableDate)}`))
}

/** A virtual device belongs to nobody between our two orders; the journal knows that it was the leaver's. */
async function leftOverDevices({ realm, signal }: On, at: At<Aws>): Promise<Finding[]> {
  const devices = await all(
    (marker) =>
      realm.send(new realm.iam.ListVirtualMFADevicesCommand({ AssignmentStatus: 'Unassigned', ...marker }), signal),
    (page) => page.VirtualMFADevices,
  )
  const serials = devices.map((device) => device.SerialNumber ?? '').filter((serial) => at.applied(serial))
  return serials.map((serial) => deviceFinding(serial, 'Deactivated, not deleted yet'))
}

function deviceFinding(serial: string, fact: string): Finding {
  const kind = isVirtual(serial) ? 'Virtual MFA device' : serial.includes(':u2f/') ? 'Security key' : 'MFA token'
  return { id: serial, label: `${kind} ${serial.split('/').at(-1)}`, state: 'open', fact }
}

/** Only virtual devices are things of their own: arn:…:mfa/…; FIDO keys are arn:…:u2f/…, hardware has a bare number. */
function isVirtual(serial: string): boolean {
  return /^arn:[\w-]+:iam::\d+:mfa\//.test(serial)
}

export async function removeDevice({ realm, userName, signal }: On, serial: string): Promise<void> {
  if (!serial) throw new Rejected(`AWS account ${realm.id}: an MFA device without a serial number cannot be removed.`)
  await unlessGone(
    realm.send(new realm.iam.DeactivateMFADeviceCommand({ UserName: userName, SerialNumber: serial }), signal),
  )
  if (isVirtual(serial))
    await unlessGone(realm.send(new realm.iam.DeleteVirtualMFADeviceCommand({ SerialNumber: serial }), signal))
}
