/** The example company's hosts in Fleet. */
import { cast, employees } from '../company.ts'
import type { FleetHost, FleetState, Mapping } from './state.ts'

const idp = 'mdm_idp_accounts'
const chrome = 'google_chrome_profiles'

export function seed(): FleetState {
  return { hosts: [...leavers(), ...others()].map(numbered), commands: [] }
}

function leavers(): Unnumbered[] {
  const mine = [by(cast.leaver, idp)]
  return [
    host('Jo’s MacBook Pro', 'darwin', [...mine, by('jomiller1990@gmail.example', chrome)], {
      key: '5ADZ-HTZ8-LJJ4-B2F8-JWH3-YPBT',
    }),
    host('JO-SURFACE', 'windows', [by(cast.leaver.toUpperCase(), 'custom')], {
      key: '372548-110869-498025-622281-041734-508310-254001-117546',
      enrollment_status: 'On (manual)',
    }),
    host('jo-build-box', 'ubuntu', mine, { disk_encryption_enabled: null, enrollment_status: null }),
    host('Jo’s iPad', 'ipados', mine, { disk_encryption_enabled: null, scripts_enabled: null }),
    host('iPhone', 'ios', mine, { ...personal }),
    host('Pixel 9', 'android', mine, { ...personal }),
    host('Jo’s old MacBook', 'darwin', mine, { key: 'WL3T-M7KQ-29RX-ZC5B-HN84-DPVY', status: 'locked', pin: '730418' }),
  ]
}

const personal: Partial<FleetHost> = {
  enrollment_status: 'On (personal)',
  disk_encryption_enabled: null,
  scripts_enabled: null,
}

/** A namesake, a colleague on whose computer the leaver once opened a browser, and everybody else. */
function others(): Unnumbered[] {
  const rest = employees.filter(({ email }) => email !== cast.leaver && email !== cast.namesake)
  return [
    host('Jo’s MacBook Pro', 'darwin', [by(cast.namesake, idp)], { key: 'QJ2N-8VWS-KX4F-T6PA-93LD-BRMC' }),
    host('LENA-PC', 'windows', [by(cast.other, 'custom'), by(cast.leaver, chrome)]),
    host(cast.leaver, 'debian', [by(`ex.${cast.leaver}`, idp)]),
    host(`Spare of ${cast.leaver}`, 'darwin', []),
    ...rest.map(({ name, email }) => host(`${name.split(' ')[0]}’s Mac`, 'darwin', [by(email, idp)])),
  ]
}

function by(email: string, source: string): Mapping {
  return { email, source }
}

function numbered(host: Unnumbered, index: number): FleetHost {
  const number = String(index + 1).padStart(4, '0')
  const uuid = `392547dc-0000-0000-a87a-d701ff75${number}`
  return { ...host, id: index + 101, uuid, hardware_serial: `C02XY${number}` }
}

type Unnumbered = Omit<FleetHost, 'id' | 'uuid' | 'hardware_serial'>

function host(name: string, platform: string, mapping: Mapping[], more: Partial<FleetHost> = {}): Unnumbered {
  return {
    platform,
    display_name: name,
    hostname: name.toLowerCase().replace(/[^a-z0-9@.]+/g, '-'),
    team_id: 1,
    seen_time: '2026-11-20T08:14:58Z',
    scripts_enabled: true,
    disk_encryption_enabled: true,
    enrollment_status: 'On (automatic)',
    device_mapping: mapping,
    status: 'unlocked',
    ...more,
  }
}
