/** The connectors over HTTP with a client of the vendor's or a large one of ours, each with its pretend vendor. */
import aws from '../../connectors/aws/index.ts'
import google from '../../connectors/google-workspace/index.ts'
import microsoft365 from '../../connectors/microsoft-365/index.ts'
import { pretendAws } from '../../src/sandbox/aws/index.ts'
import { pretendGoogleWorkspace } from '../../src/sandbox/google-workspace/index.ts'
import { pretendMicrosoft365 } from '../../src/sandbox/microsoft-365/index.ts'
import { restNames, restRig } from './rigs-rest.ts'
import { openRig, type Rig, type RigOptions } from './vendor-rig.ts'

const googleWith = (more: object): RigOptions => ({
  connector: google,
  async open() {
    const server = await pretendGoogleWorkspace({ pageSize: 2, transferMs: 1e9, wipeMs: 1e9 })
    return { server, settings: { ...server.settings, turnOffTwoStep: true, deleteUser: true, ...more } }
  },
})

const options: Record<string, RigOptions> = {
  aws: {
    connector: aws,
    async open() {
      const server = await pretendAws({ pageSize: 3 })
      return { server, settings: server.settings }
    },
  },
  'google-workspace': googleWith({}),
  'google-workspace-unsuspended': googleWith({ suspend: false }),
  'microsoft-365': {
    connector: microsoft365,
    async open() {
      const server = await pretendMicrosoft365({ pageSize: 2 })
      return { server, settings: { ...server.settings, deleteUsers: true } }
    },
  },
}

export const rigNames = Object.keys(options)
const open = new Map<string, Promise<Rig>>()

/** Recorded once a process. */
export function rig(name: string): Promise<Rig> {
  const known = open.get(name) ?? (restNames.includes(name) ? restRig(name) : openRig(options[name]!))
  open.set(name, known)
  return known
}
