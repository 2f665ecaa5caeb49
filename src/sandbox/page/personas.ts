/** Whose eyes the page can look through, and what does not change while it is open. */
import { cast, employee } from '../company.ts'
import { channel, guest, readManifest } from '../sandbox.ts'
import type { Member, Workspace } from '../slack/workspace.ts'
import type { Part, Person, Persona, Start } from './shapes.ts'

const parts: readonly [email: string, part: Part, about: string][] = [
  [cast.manager, 'requester', "Jo's manager: asks for the offboarding"],
  [cast.hr, 'hr', 'HR: signs, and does the tasks of HR'],
  [cast.it, 'it', 'IT: signs, and acts on what fails'],
  [cast.hrSubstitute, 'hr-substitute', 'HR, too: signs where Hana cannot'],
  [cast.itSubstitute, 'it-substitute', 'IT, too: signs where Ivo cannot'],
  [cast.other, 'employee', 'works here, and has no part in it'],
  [cast.leaver, 'leaver', 'leaves: must see nothing of it'],
]

export const personas: readonly Persona[] = [
  ...parts.map(([email, part, about]) => ({ id: employee(email).slackId, name: employee(email).name, part, about })),
  { id: guest.id, name: guest.realName, part: 'guest', about: 'a guest from another company, in one channel' },
]

export function startOf(state: Workspace, world: number, mode: 'socket' | 'http'): Start {
  const { features } = readManifest()
  return {
    world,
    team: state.team.name,
    app: { name: state.members.get(state.app.userId)?.realName ?? state.app.name, userId: state.app.userId },
    mode,
    personas: [...personas],
    people: [...state.members.values()].map(person),
    commands: features.slash_commands.map((one) => ({
      command: one.command,
      about: one.description,
      hint: one.usage_hint ?? '',
    })),
    shortcuts: features.shortcuts.map((one) => ({
      id: one.callback_id,
      name: one.name,
      about: one.description,
      type: one.type,
    })),
    channel,
    leaver: cast.leaver,
  }
}

function person(one: Member): Person {
  const { id, realName: name, name: handle, title, zone, email } = one
  const kind = one.bot ? 'bot' : one.restricted || one.ultraRestricted ? 'guest' : 'member'
  return { id, name, handle, title, zone, email, kind, ...(one.deleted ? { gone: true as const } : {}) }
}
