/** The example company that every pretend system is filled with. */
export interface Employee {
  id: number
  slackId: string
  name: string
  email: string
  title: string
  department: string
  /** E-mail address of the manager. */
  manager?: string
  zone: string
}

export const domain = 'example.com'

/** The roles that the sandbox plays with. */
export const cast = {
  leaver: 'jo.miller@example.com',
  /** Nearly the leaver's name: must never be touched. */
  namesake: 'jo.millar@example.com',
  manager: 'ada.okafor@example.com',
  hr: 'hana.sato@example.com',
  hrSubstitute: 'bruno.costa@example.com',
  it: 'ivo.novak@example.com',
  itSubstitute: 'mei.lin@example.com',
  protected: 'break.glass@example.com',
  other: 'lena.fischer@example.com',
} as const

const rows: readonly [name: string, title: string, department: string, manager: string, zone: string][] = [
  ['Jo Miller', 'Account Executive', 'Sales', 'Ada Okafor', 'America/New_York'],
  ['Jo Millar', 'Designer', 'Product', 'Nils Berg', 'Europe/London'],
  ['Ada Okafor', 'Head of Sales', 'Sales', 'Grace Kim', 'America/New_York'],
  ['Hana Sato', 'People Partner', 'HR', 'Grace Kim', 'Europe/Berlin'],
  ['Bruno Costa', 'People Partner', 'HR', 'Hana Sato', 'Europe/Lisbon'],
  ['Ivo Novak', 'IT Lead', 'IT', 'Grace Kim', 'Europe/Prague'],
  ['Mei Lin', 'Systems Engineer', 'IT', 'Ivo Novak', 'Asia/Singapore'],
  ['Break Glass', 'Emergency account', 'IT', 'Ivo Novak', 'Etc/UTC'],
  ['Lena Fischer', 'Engineer', 'Product', 'Nils Berg', 'Europe/Berlin'],
  ['Grace Kim', 'Chief Executive', 'Management', '', 'America/Los_Angeles'],
  ['Nils Berg', 'Head of Product', 'Product', 'Grace Kim', 'Europe/Stockholm'],
  ['Omar Haddad', 'Account Executive', 'Sales', 'Ada Okafor', 'Europe/Paris'],
  ['Priya Nair', 'Account Executive', 'Sales', 'Ada Okafor', 'Asia/Kolkata'],
  ['Tom Baker', 'Sales Operations', 'Sales', 'Ada Okafor', 'Europe/London'],
  ['Yuki Mori', 'Engineer', 'Product', 'Nils Berg', 'Asia/Tokyo'],
  ['Zoe Laurent', 'Engineer', 'Product', 'Nils Berg', 'Europe/Paris'],
  ['Carlos Vega', 'Engineer', 'Product', 'Nils Berg', 'America/Bogota'],
  ['Dina Petrova', 'Engineer', 'Product', 'Nils Berg', 'Europe/Sofia'],
  ['Emil Dahl', 'Product Manager', 'Product', 'Nils Berg', 'Europe/Copenhagen'],
  ['Fatima Zahra', 'Accountant', 'Finance', 'Grace Kim', 'Africa/Casablanca'],
  ['George Adu', 'Controller', 'Finance', 'Grace Kim', 'Africa/Accra'],
  ['Helen Roy', 'Lawyer', 'Legal', 'Grace Kim', 'America/Toronto'],
  ['Ian Walsh', 'Support Engineer', 'Support', 'Nils Berg', 'Europe/Dublin'],
  ['Julia Weber', 'Support Engineer', 'Support', 'Nils Berg', 'Europe/Vienna'],
  ['Kofi Mensah', 'Data Analyst', 'Product', 'Nils Berg', 'Africa/Accra'],
  ['Lars Holm', 'Engineer', 'Product', 'Nils Berg', 'Europe/Oslo'],
  ['Maria Silva', 'Marketing Manager', 'Marketing', 'Grace Kim', 'America/Sao_Paulo'],
  ['Noor Khan', 'Marketing Specialist', 'Marketing', 'Maria Silva', 'Asia/Dubai'],
  ["Sean O'Brien", 'Office Manager', 'Operations', 'Grace Kim', 'Europe/Dublin'],
  ['Ulla Virtanen', 'Contractor', 'Product', 'Nils Berg', 'Europe/Helsinki'],
]

export function addressOf(name: string): string {
  return `${name
    .toLowerCase()
    .replace(/[^a-z ]/g, '')
    .replace(/ /g, '.')}@${domain}`
}

export const employees: readonly Employee[] = rows.map(([name, title, department, manager, zone], index) => ({
  id: index + 1,
  slackId: `U${String(index + 1).padStart(8, '0')}`,
  name,
  email: addressOf(name),
  title,
  department,
  ...(manager ? { manager: addressOf(manager) } : {}),
  zone,
}))

export function employee(email: string): Employee {
  const found = employees.find((one) => one.email === email)
  if (!found) throw new Error(`nobody at the example company has the address ${email}`)
  return found
}
