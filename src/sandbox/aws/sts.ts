/** Who somebody is, and sessions in other accounts. Sessions are no part of the state: they are handed out, not kept. */
import { randomBytes } from 'node:crypto'
import type { SigningKey } from './signature.ts'
import { AwsError, type AwsState, type Form, type Signer } from './state.ts'
import type { Xml } from './xml.ts'

export interface Session extends SigningKey {
  signer: Signer
}

export function callerIdentity(signer: Signer): Xml {
  return { Arn: signer.arn, UserId: signer.userId, Account: signer.account }
}

/** Returns what AWS answers; the session is in `sessions` by its access key's id. */
export function assumeRole(
  form: Form,
  state: AwsState,
  signer: Signer,
  sessions: Map<string, Session>,
  now: number,
): Xml {
  const arn = form.RoleArn ?? ''
  const [, id = '', name = ''] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? []
  const role = state.accounts[id]?.roles.find((one) => one.name === name)
  const trusted = role?.trusts.includes(signer.arn) && (!role.externalId || role.externalId === form.ExternalId)
  // A role that does not exist is answered like one that trusts somebody else.
  if (!role || !trusted)
    throw new AwsError(
      403,
      'AccessDenied',
      `User: ${signer.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
    )
  const seconds = Number(form.DurationSeconds ?? 3600)
  if (!(seconds >= 900 && seconds <= 43_200))
    throw new AwsError(400, 'ValidationError', `Value '${seconds}' at 'durationSeconds' failed to satisfy constraint`)
  const key = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
  const session: Session = {
    secret: randomBytes(30).toString('base64'),
    token: randomBytes(90).toString('base64'),
    expires: now + seconds * 1000,
    signer: {
      account: id,
      arn: `arn:aws:sts::${id}:assumed-role/${name}/${form.RoleSessionName}`,
      userId: `AROA${id}PRETEND:${form.RoleSessionName}`,
      may: role.may,
      lacks: role.lacks,
    },
  }
  sessions.set(key, session)
  return {
    Credentials: {
      AccessKeyId: key,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: new Date(now + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: session.signer.userId, Arn: session.signer.arn },
  }
}
