/** All laws, in the order in which reports name them; and what they say of a history together. */

import type { History } from '../play/history.ts';
import type { TargetFacts } from '../play/target.ts';
import { noCrossing, ownResponse } from './addressee.ts';
import { cancelEndsExchange, cancelOwn, cancelPassedOn } from './cancel.ts';
import { freshIds, handshakeFirst, nothingLeft, silentAfterClose, streamEnd } from './connection.ts';
import type { Judgement, Law } from './law.ts';
import { limits } from './limits.ts';
import { listenAsked, listenKept, listenOver, listenOwn } from './listening.ts';
import { duplicateIds, oneOutcome, recovery, serverRequests } from './outcome.ts';
import { deliveredOnce, order } from './passage.ts';
import { progressKept, progressKnown } from './progress.ts';
import { authorsRules } from './rules.ts';
import { jsonRpc } from './shape.ts';
import { isAbout } from './verdict.ts';

export const laws: readonly Law[] = [
  oneOutcome,
  ownResponse,
  freshIds,
  noCrossing,
  duplicateIds,
  progressKnown,
  progressKept,
  order,
  deliveredOnce,
  cancelPassedOn,
  cancelOwn,
  cancelEndsExchange,
  serverRequests,
  streamEnd,
  listenOwn,
  listenAsked,
  listenKept,
  listenOver,
  recovery,
  handshakeFirst,
  silentAfterClose,
  limits,
  nothingLeft,
  jsonRpc,
  authorsRules,
];

export interface Ruling {
  readonly law: Law;
  readonly judgement: Judgement;
}

/** What each of the laws about a target of this kind says of the history. */
export function judge(history: History, facts: TargetFacts, judged: readonly Law[] = laws): readonly Ruling[] {
  return judged.filter((law) => isAbout(law, facts)).map((law) => ({ law, judgement: law.judge(history, facts) }));
}
