/** Records as GitHub's REST API shows them, with every field that its contract requires. */
import type { Codespace, Org, State, User } from './state.ts'

const api = 'https://api.github.com'
const since = '2025-02-03T09:00:00Z'

export function shownUser({ id, login }: User): Record<string, unknown> {
  const url = `${api}/users/${login}`
  return {
    ...{ login, id, node_id: `U_${id}`, avatar_url: `https://avatars.githubusercontent.com/u/${id}`, gravatar_id: '' },
    ...{ url, html_url: `https://github.com/${login}`, followers_url: `${url}/followers` },
    ...{ following_url: `${url}/following{/other_user}`, gists_url: `${url}/gists{/gist_id}` },
    ...{ starred_url: `${url}/starred{/owner}{/repo}`, subscriptions_url: `${url}/subscriptions` },
    ...{ organizations_url: `${url}/orgs`, repos_url: `${url}/repos`, events_url: `${url}/events{/privacy}` },
    ...{ received_events_url: `${url}/received_events`, type: 'User', site_admin: false },
  }
}

/** What everybody may see. The address is the one that the person chose to show: most show none. */
export function shownProfile(user: User): Record<string, unknown> {
  return {
    ...shownUser(user),
    ...{ name: user.name, company: null, blog: '', location: null, email: null, hireable: null, bio: null },
    ...{ public_repos: 3, public_gists: 0, followers: 1, following: 1, created_at: since, updated_at: since },
  }
}

export function shownOrg({ id, login }: Org): Record<string, unknown> {
  const url = `${api}/orgs/${login}`
  return {
    ...{ login, id, node_id: `O_${id}`, url, repos_url: `${url}/repos`, events_url: `${url}/events` },
    ...{ hooks_url: `${url}/hooks`, issues_url: `${url}/issues`, members_url: `${url}/members{/member}` },
    ...{ public_members_url: `${url}/public_members{/member}`, avatar_url: '', description: null },
  }
}

const repoUrls =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees'

export function shownRepo(org: Org, repo: { id: number; name: string }): Record<string, unknown> {
  const url = `${api}/repos/${org.login}/${repo.name}`
  const urls = repoUrls.split(' ').map((name) => [`${name}_url`, `${url}/${name}`])
  const { id, name } = repo
  return {
    ...Object.fromEntries(urls),
    ...{ id, node_id: `R_${id}`, name, full_name: `${org.login}/${name}`, private: true, fork: false, archived: false },
    ...{ owner: { ...shownUser(org as unknown as User), type: 'Organization' }, description: null, url },
    html_url: `https://github.com/${org.login}/${name}`,
  }
}

export function shownCodespace(state: State, org: Org, space: Codespace): Record<string, unknown> {
  const owner = state.users.find((one) => one.id === space.user) as User
  const url = `${api}/user/codespaces/${space.name}`
  const machine = { name: 'standardLinux32gb', display_name: '4 cores', operating_system: 'linux', cpus: 4 }
  return {
    ...{ id: space.id, name: space.name, display_name: space.name, environment_id: `env-${space.id}` },
    ...{ owner: shownUser(owner), billable_owner: { ...shownUser(org as unknown as User), type: 'Organization' } },
    repository: shownRepo(org, { id: 700 + space.id, name: space.repo }),
    machine: { ...machine, storage_in_bytes: 1, memory_in_bytes: 1, prebuild_availability: 'none' },
    ...{ prebuild: false, created_at: since, updated_at: since, last_used_at: since, state: space.state, url },
    git_status: {
      ahead: 0,
      behind: 0,
      has_unpushed_changes: space.unpushed,
      has_uncommitted_changes: false,
      ref: 'main',
    },
    ...{ location: 'WestEurope', idle_timeout_minutes: 30, web_url: `https://${space.name}.github.dev` },
    ...{ machines_url: `${url}/machines`, start_url: `${url}/start`, stop_url: `${url}/stop`, pulls_url: null },
    recent_folders: [],
  }
}
