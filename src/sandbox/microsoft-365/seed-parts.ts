/** What the parts of the seed have in common. */
import { addressOf, employee } from '../company.ts'
import { type Group, guid } from './tenant.ts'

export const skus = {
  e5: guid(20, 1),
  powerBi: guid(20, 2),
  visio: guid(20, 3),
}

export const roleIds = {
  globalAdministrator: '62e90394-69f5-4237-9190-012177145e10',
  userAdministrator: 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  reportsReader: '4a5d8f65-41da-4de4-8968-e035b65339cf',
  exchangeAdministrator: '29232cdf-9323-42fd-ade2-1d097af3e4de',
}

/** The object id of an employee, by address. */
export function idOf(email: string): string {
  return guid(1, employee(email).id)
}

/** A plain group; the rest is said where it differs. */
export function group(number: number, displayName: string, more: Partial<Group> = {}): Group {
  return {
    id: guid(2, number),
    displayName,
    mail: null,
    groupTypes: [],
    mailEnabled: false,
    securityEnabled: true,
    onPremisesSyncEnabled: null,
    membershipRule: null,
    isAssignableToRole: null,
    assignedLicenses: [],
    members: [],
    owners: [],
    ...more,
  }
}

/** A Microsoft 365 group, as Teams makes it. */
export function team(number: number, displayName: string, more: Partial<Group> = {}): Group {
  const mail = addressOf(displayName)
  return group(number, displayName, {
    mail,
    groupTypes: ['Unified'],
    mailEnabled: true,
    securityEnabled: false,
    ...more,
  })
}
