/** Whatever signs in without a password: each kind can be switched off, looked at, switched on again, and deleted. */
import type { StatusType } from '@aws-sdk/client-iam'
import { type AutomaticStep, type Finding, Rejected } from '../../src/connector.ts'
import { unlessGone } from './answers.ts'
import { type Aws, all } from './client.ts'
import { isoDay, type On, shortened, userStep } from './step.ts'

interface Key {
  id: string
  status: string
  /** "Access key AKIA…7Q" */
  label: string
  /** "last used 2026-11-02 in s3" */
  more?: string
}

export interface KeyKind {
  step: string
  title: string
  list(on: On): Promise<Key[]>
  /** Shown with the key; one more call each, so only where people look. */
  more?(on: On, key: Key): Promise<string>
  set(on: On, id: string, status: StatusType): Promise<unknown>
  delete(on: On, id: string): Promise<unknown>
}

const accessKeys: KeyKind = {
  step: 'access-keys',
  title: 'Switch off access keys',
  async list({ realm, userName, signal }) {
    const keys = await all(
      (marker) => realm.send(new realm.iam.ListAccessKeysCommand({ UserName: userName, ...marker }), signal),
      (page) => page.AccessKeyMetadata,
    )
    return keys.map((key) => keyOf('Access key', key.AccessKeyId, key.Status))
  },
  async more({ realm, signal }, key) {
    const { AccessKeyLastUsed: used } = await realm.send(
      new realm.iam.GetAccessKeyLastUsedCommand({ AccessKeyId: key.id }),
      signal,
    )
    return used?.LastUsedDate ? `last used ${isoDay(used.LastUsedDate)} in ${used.ServiceName}` : 'never used'
  },
  set: ({ realm, userName, signal }, id, Status) =>
    realm.send(new realm.iam.UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: id, Status }), signal),
  delete: ({ realm, userName, signal }, id) =>
    realm.send(new realm.iam.DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: id }), signal),
}

const signingCertificates: KeyKind = {
  step: 'signing-certificates',
  title: 'Switch off signing certificates',
  async list({ realm, userName, signal }) {
    const certificates = await all(
      (marker) => realm.send(new realm.iam.ListSigningCertificatesCommand({ UserName: userName, ...marker }), signal),
      (page) => page.Certificates,
    )
    return certificates.map((one) => keyOf('Certificate', one.CertificateId, one.Status, one.UploadDate))
  },
  set: ({ realm, userName, signal }, id, Status) =>
    realm.send(
      new realm.iam.UpdateSigningCertificateCommand({ UserName: userName, CertificateId: id, Status }),
      signal,
    ),
  delete: ({ realm, userName, signal }, id) =>
    realm.send(new realm.iam.DeleteSigningCertificateCommand({ UserName: userName, CertificateId: id }), signal),
}

const sshPublicKeys: KeyKind = {
  step: 'ssh-public-keys',
  title: 'Switch off SSH keys (CodeCommit)',
  async list({ realm, userName, signal }) {
    const keys = await all(
      (marker) => realm.send(new realm.iam.ListSSHPublicKeysCommand({ UserName: userName, ...marker }), signal),
      (page) => page.SSHPublicKeys,
    )
    return keys.map((key) => keyOf('SSH key', key.SSHPublicKeyId, key.Status, key.UploadDate))
  },
  set: ({ realm, userName, signal }, id, Status) =>
    realm.send(new realm.iam.UpdateSSHPublicKeyCommand({ UserName: userName, SSHPublicKeyId: id, Status }), signal),
  delete: ({ realm, userName, signal }, id) =>
    realm.send(new realm.iam.DeleteSSHPublicKeyCommand({ UserName: userName, SSHPublicKeyId: id }), signal),
}

const serviceCredentials: KeyKind = {
  step: 'service-credentials',
  title: 'Switch off service credentials (Git passwords, Bedrock API keys)',
  async list({ realm, userName, signal }) {
    const found = await all(
      (marker) =>
        realm.send(new realm.iam.ListServiceSpecificCredentialsCommand({ UserName: userName, ...marker }), signal),
      (page) => page.ServiceSpecificCredentials,
    )
    return found.map((one) =>
      keyOf(one.ServiceName ?? 'Credential', one.ServiceSpecificCredentialId, one.Status, one.CreateDate),
    )
  },
  set: ({ realm, userName, signal }, id, Status) =>
    realm.send(
      new realm.iam.UpdateServiceSpecificCredentialCommand({
        UserName: userName,
        ServiceSpecificCredentialId: id,
        Status,
      }),
      signal,
    ),
  delete: ({ realm, userName, signal }, id) =>
    realm.send(
      new realm.iam.DeleteServiceSpecificCredentialCommand({ UserName: userName, ServiceSpecificCredentialId: id }),
      signal,
    ),
}

export const keyKinds: readonly KeyKind[] = [accessKeys, signingCertificates, sshPublicKeys, serviceCredentials]

/** An unknown status would be neither in nor out. */
const statuses = ['Active', 'Inactive', 'Expired']

function keyOf(kind: string, id: string | undefined, status: string | undefined, since?: Date): Key {
  if (!statuses.includes(status ?? ''))
    throw new Rejected(`AWS does not say whether ${kind} ${shortened(id ?? '')} is active, so nothing is known of it.`)
  const key = { id: id ?? '', status: status ?? '', label: `${kind} ${shortened(id ?? '')}` }
  return since ? { ...key, more: `since ${isoDay(since)}` } : key
}

export const keySteps: readonly AutomaticStep<Aws>[] = keyKinds.map((kind) =>
  userStep({
    id: kind.step,
    title: kind.title,
    phase: 'contain',
    // With everything denied first, nobody makes a new key while the old ones are switched off.
    after: ['aws/deny-all'],
    async look(on) {
      const keys = await kind.list(on)
      return await Promise.all(keys.map(async (key) => findingOf(key, (await kind.more?.(on, key)) ?? key.more)))
    },
    act: (on, finding) => unlessGone(kind.set(on, finding.id, 'Inactive')),
    giveBack: async (on, finding) => {
      const before = finding.before as { status?: string } | undefined
      if (before?.status === 'Active') await kind.set(on, finding.id, 'Active')
    },
  }),
)

/** "Active" is the only status that lets anyone in; the others are Inactive and Expired. */
function findingOf(key: Key, more: string | undefined): Finding {
  const fact = `${key.label} ${key.status}${more ? `, ${more}` : ''}`
  const state = key.status === 'Active' ? 'open' : 'done'
  return { id: key.id, label: key.label, state, fact, before: { status: key.status } }
}
