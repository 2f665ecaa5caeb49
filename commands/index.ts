/** Every gesture there is; a test holds this list against the folder, and manifest.yml against this list. */
import type { Gesture } from '../src/slack/gesture.ts'
import audience from './audience.ts'
import byHand from './by-hand.ts'
import cancel from './cancel.ts'
import chooseAccount from './choose-account.ts'
import decline from './decline.ts'
import endWatch from './end-watch.ts'
import giveBack from './give-back.ts'
import giveBackDecline from './give-back-decline.ts'
import giveBackHand from './give-back-hand.ts'
import giveBackSign from './give-back-sign.ts'
import help from './help.ts'
import home from './home.ts'
import keys from './keys.ts'
import list from './list.ts'
import offboard from './offboard.ts'
import pick from './pick.ts'
import release from './release.ts'
import report from './report.ts'
import request from './request.ts'
import resume from './resume.ts'
import showEverything from './show-everything.ts'
import signOff from './sign-off.ts'
import skip from './skip.ts'
import status from './status.ts'
import stop from './stop.ts'
import taskDone from './task-done.ts'
import tryAgain from './try-again.ts'
import withdraw from './withdraw.ts'

/** In the order in which help lists them. */
export const gestures: readonly Gesture[] = [
  offboard,
  status,
  list,
  cancel,
  report,
  giveBack,
  keys,
  stop,
  resume,
  help,
  pick,
  request,
  signOff,
  decline,
  withdraw,
  release,
  chooseAccount,
  showEverything,
  tryAgain,
  byHand,
  skip,
  taskDone,
  giveBackSign,
  giveBackDecline,
  giveBackHand,
  endWatch,
  home,
  audience,
]
