export { type Samba, type SambaOptions, sambaInstalled, startSamba } from './samba.ts'
