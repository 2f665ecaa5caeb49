/** Authentication methods: listed together, removed through the path of their kind. */
import type { Answer } from '../server.ts'
import { failure, noContent, notFound } from './answers.ts'
import { page } from './odata.ts'
import { type Call, type Route, userIn } from './route.ts'
import type { Method } from './tenant.ts'

const folders: Record<string, string> = {
  phoneMethods: 'phoneAuthenticationMethod',
  microsoftAuthenticatorMethods: 'microsoftAuthenticatorAuthenticationMethod',
  fido2Methods: 'fido2AuthenticationMethod',
  softwareOathMethods: 'softwareOathAuthenticationMethod',
  windowsHelloForBusinessMethods: 'windowsHelloForBusinessAuthenticationMethod',
  platformCredentialMethods: 'platformCredentialAuthenticationMethod',
  emailMethods: 'emailAuthenticationMethod',
  temporaryAccessPassMethods: 'temporaryAccessPassAuthenticationMethod',
  externalAuthenticationMethods: 'externalAuthenticationMethod',
}

const write = ['UserAuthenticationMethod.ReadWrite.All']
const refuse = () => failure(403, 'accessDenied', 'Request Authorization failed')

export const methodRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/{}/authentication/methods',
    rights: [...write, 'UserAuthenticationMethod.Read.All'],
    refuse,
    handle({ asked, tenant, pageSize, parts: [id = ''] }) {
      const user = userIn(tenant, id)
      return user ? page(tenant.methods[user.id] ?? [], asked, { pageSize, whole: true }) : notFound(id)
    },
  },
  ...Object.entries(folders).map(
    ([folder, type]): Route => ({
      method: 'DELETE',
      path: `/users/{}/authentication/${folder}/{}`,
      rights: write,
      refuse,
      handle: (call) => remove(call, type),
    }),
  ),
]

const password = '#microsoft.graph.passwordAuthenticationMethod'
const phones = {
  mobile: '3179e48a-750b-4051-897c-87b9720928f7',
  alternateMobile: 'b6332ec1-7057-4abe-9331-3d72feddfe41',
}

function remove({ truth, write: change, parts: [userId = '', methodId = ''] }: Call, type: string): Answer {
  const user = userIn(truth, userId)
  const methods = truth.methods[user?.id ?? ''] ?? []
  const method = methods.find((one) => one.id === methodId && one['@odata.type'] === `#microsoft.graph.${type}`)
  if (!user || !method) return failure(404, 'resourceNotFound', `Authentication method ${methodId} was not found.`)
  const refusal = mayNotGo(method, methods, truth.defaultMethod[user.id])
  if (refusal) return failure(400, 'badRequest', refusal)
  change((tenant) => {
    tenant.methods[user.id] = (tenant.methods[user.id] ?? []).filter((one) => one !== method && one.id !== methodId)
  })
  return noContent
}

function mayNotGo(method: Method, all: readonly Method[], defaultId: string | undefined): string | undefined {
  const others = all.filter((one) => one.id !== method.id && one['@odata.type'] !== password)
  if (method.id === defaultId && others.length > 0) {
    return 'Cannot delete default method with other methods configured. Please change default method before deletion.'
  }
  if (method.id === phones.mobile && others.some((one) => one.id === phones.alternateMobile)) {
    return 'The mobile phone number cannot be deleted while an alternate mobile number exists.'
  }
  return undefined
}
