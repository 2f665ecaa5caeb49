/** The example company's devices in Jamf Pro. */
import { cast, employees } from '../company.ts'
import type { Command, Computer, JamfState, JamfUser, Mobile } from './state.ts'

export function managementIdOf(number: number): string {
  return `aaaaaaaa-3f1e-4b3a-a5b3-${String(number).padStart(12, '0')}`
}

export function seed(): JamfState {
  const computers = [...leaversComputers(), ...othersComputers()].map((one, index) => ({
    ...one,
    id: String(index + 11),
    managementId: managementIdOf(index + 11),
    serial: `C02ZK${String(index + 11).padStart(4, '0')}`,
  }))
  const mobiles = [...leaversMobiles(), ...othersMobiles()].map((one, index) => ({
    ...one,
    id: String(index + 501),
    managementId: managementIdOf(index + 501),
    serial: `DNPX${String(index + 501).padStart(4, '0')}`,
  }))
  return { computers, mobiles, commands: commands() }
}

/** The MacBook was locked a year ago and opened again; somebody has just ordered to lock the studio's Mac. */
function commands(): Command[] {
  return [
    { ...command(managementIdOf(11), 'DEVICE_LOCK', 'ACKNOWLEDGED'), sent: '2025-10-02T15:07:22.133Z' },
    command(managementIdOf(12), 'DEVICE_LOCK', 'PENDING'),
  ]
}

export function command(managementId: string, type: string, state: Command['state']): Command {
  const uuid = `cccccccc-3f1e-4b3a-a5b3-${managementId.slice(-12)}`
  return { uuid, managementId, type, state, sent: '2026-11-20T09:00:00.000Z', due: Number.MAX_SAFE_INTEGER }
}

type Unnumbered<T> = Omit<T, 'id' | 'managementId' | 'serial'>
const theirs: JamfUser = { email: cast.leaver, username: 'jmiller' }

function leaversComputers(): Unnumbered<Computer>[] {
  return [
    computer('Jo’s MacBook Pro', theirs, {
      recoveryKey: '7RWT-QXPM-3H9D-VJ4K-ZL62-NBCA',
      recoveryLock: 'Recovery-lock-5521-pw',
    }),
    computer(
      'Studio Mac',
      { email: cast.leaver.toUpperCase(), username: '' },
      {
        recoveryKey: 'M2KD-84TQ-WX7P-9LRC-HV3J-ZF6N',
        pin: '519427',
      },
    ),
    computer(
      'Jo’s own iMac',
      { email: '', username: cast.leaver },
      {
        site: 'Personal Macs',
        fileVault: 'UNENCRYPTED',
        keyValidity: 'NOT_APPLICABLE',
        supervised: false,
      },
    ),
  ]
}

function leaversMobiles(): Unnumbered<Mobile>[] {
  return [
    mobile('Jo’s iPad', theirs),
    mobile('Jo’s iPhone', theirs, { ownership: 'AccountDrivenUserEnrollment', supervised: false }),
  ]
}

/** A Mac whose user name is the leaver's address and whose address is a colleague's, and everybody else's. */
function othersComputers(): Unnumbered<Computer>[] {
  const rest = employees.filter(({ email }) => email !== cast.leaver)
  return [
    computer('Handed on', { email: cast.other, username: cast.leaver }),
    computer('Elder', { email: `ex.${cast.leaver}`, username: 'exjo' }),
    ...rest.map(({ name, email }) => computer(`${name.split(' ')[0]}’s MacBook`, { email, username: email })),
  ]
}

function othersMobiles(): Unnumbered<Mobile>[] {
  return [mobile('Jo’s iPad', { email: cast.namesake, username: 'jmillar' })]
}

function computer(name: string, user: JamfUser, more: Partial<Computer> = {}): Unnumbered<Computer> {
  return {
    name,
    user,
    managed: true,
    supervised: true,
    wiped: false,
    site: 'None',
    silicon: true,
    os: '15.6.1',
    fileVault: 'ENCRYPTED',
    keyValidity: 'VALID',
    locked: false,
    ...more,
  }
}

function mobile(name: string, user: JamfUser, more: Partial<Mobile> = {}): Unnumbered<Mobile> {
  return {
    name,
    user,
    managed: true,
    supervised: true,
    wiped: false,
    ownership: 'Institutional',
    lostMode: false,
    ...more,
  }
}
