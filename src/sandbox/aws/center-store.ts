/** The identity store's own operations. */
import { randomUUID } from 'node:crypto'
import { type CenterQuestion, pageOf, type Reading, text, type Writing } from './center-question.ts'
import type { StoreUser } from './center-state.ts'
import { AwsError } from './state.ts'

type Member = { UserId?: string }

export const storeReads: Record<string, Reading> = {
  ListUsers: (asked) =>
    pageOf(
      inStore(asked),
      'Users',
      asked.center.users.map((user) => userOf(asked, user)),
    ),
  DescribeUser: (asked) => userOf(asked, theUser(asked, text(asked, 'UserId'))),
  DescribeGroup: (asked) => {
    inStore(asked)
    const id = text(asked, 'GroupId')
    const group = asked.center.groups.find((one) => one.id === id)
    if (!group) throw notFound('GROUP', id)
    return { IdentityStoreId: asked.center.storeId, GroupId: id, DisplayName: group.name }
  },
  ListGroupMembershipsForMember: (asked) => {
    const user = theUser(asked, memberOf(asked))
    const found = asked.center.memberships.filter((one) => one.user === user.id)
    const told = found.map((one) => ({
      IdentityStoreId: asked.center.storeId,
      MembershipId: one.id,
      GroupId: one.group,
      MemberId: { UserId: one.user },
    }))
    return pageOf(asked, 'GroupMemberships', told)
  },
  GetGroupMembershipId: (asked) => {
    inStore(asked)
    const [group, user] = [text(asked, 'GroupId'), memberOf(asked)]
    const found = asked.center.memberships.find((one) => one.group === group && one.user === user)
    if (!found) throw notFound('GROUP_MEMBERSHIP', group)
    return { IdentityStoreId: asked.center.storeId, MembershipId: found.id }
  },
}

export const storeWrites: Record<string, Writing> = {
  DeleteGroupMembership: (asked) => {
    inStore(asked)
    const id = text(asked, 'MembershipId')
    const { memberships } = asked.center
    const index = memberships.findIndex((one) => one.id === id)
    if (index < 0) throw notFound('GROUP_MEMBERSHIP', id)
    memberships.splice(index, 1)
    return {}
  },
  CreateGroupMembership: (asked) => {
    const [group, user] = [text(asked, 'GroupId'), theUser(asked, memberOf(asked)).id]
    const { memberships, storeId } = asked.center
    if (memberships.some((one) => one.group === group && one.user === user))
      throw new AwsError(400, 'ConflictException', 'Member and Group relationship already exists.', {
        Reason: 'UNIQUENESS_CONSTRAINT_VIOLATION',
      })
    const id = randomUUID()
    memberships.push({ id, group, user })
    return { IdentityStoreId: storeId, MembershipId: id }
  },
  DeleteUser: (asked) => {
    const user = theUser(asked, text(asked, 'UserId'))
    const { center } = asked
    center.users = center.users.filter((one) => one.id !== user.id)
    center.memberships = center.memberships.filter((one) => one.user !== user.id)
    return {}
  },
}

function inStore(asked: CenterQuestion): CenterQuestion {
  const id = text(asked, 'IdentityStoreId')
  if (id === asked.center.storeId) return asked
  throw notFound('IDENTITY_STORE', id)
}

function memberOf(asked: CenterQuestion): string {
  return text({ ...asked, body: (asked.body.MemberId ?? {}) as Member }, 'UserId')
}

function theUser(asked: CenterQuestion, id: string): StoreUser {
  inStore(asked)
  const user = asked.center.users.find((one) => one.id === id)
  if (!user) throw notFound('USER', id)
  return user
}

function notFound(type: string, id: string): AwsError {
  return new AwsError(400, 'ResourceNotFoundException', `${type} not found.`, { ResourceType: type, ResourceId: id })
}

function userOf({ center }: CenterQuestion, user: StoreUser) {
  return {
    IdentityStoreId: center.storeId,
    UserId: user.id,
    UserName: user.userName,
    DisplayName: user.displayName,
    Title: user.title,
    Emails: user.emails.map((Value, index) => ({ Value, Type: 'work', Primary: index === 0 })),
    UserStatus: user.disabled ? 'DISABLED' : 'ENABLED',
    ...(user.external ? { ExternalIds: [user.external] } : {}),
  }
}
