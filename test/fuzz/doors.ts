/** Every door there is. */
import { commandLine } from './arguments.ts'
import type { Door } from './door.ts'
import { forms } from './forms.ts'
import { http } from './http.ts'
import { payloads } from './payloads.ts'
import { settings } from './settings.ts'
import { slash } from './slash.ts'
import { stored } from './stored.ts'
import { vendors } from './vendors.ts'

export const doors: readonly Door[] = [slash, forms, payloads, http, settings, stored, vendors, commandLine]
