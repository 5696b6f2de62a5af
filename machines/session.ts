/**
 * Decides the life of one MCP session: which frames it takes in which state, when it is ready, what it does when its
 * upstream goes away, and how it ends. Does not know transports, JSON, time of day, or who is on the other side.
 *
 * Every action is an update (see update.ts): it stages changes of the session's record and effects, and all of one event's
 * updates are committed at once or not at all. What an update does is in src/session; when it happens is here.
 */

import { setup } from 'xstate';
import { refuseDraining } from '../src/session/admission.ts';
import {
  isClientGone,
  isDrained,
  isFinalLoss,
  isHandshakeExpired,
  isMessageLost,
  isModernRequest,
  isNewWork,
  isServing,
  isShutdownAgreed,
  isStillExpired,
} from '../src/session/conditions.ts';
import type { SessionEvent } from '../src/session/events.ts';
import { acceptNotification, acceptRequest, acceptResponse, countEarly } from '../src/session/forward.ts';
import {
  holdAgain,
  holdNotification,
  holdRequest,
  holdResponse,
  isStillWaiting,
  mayBeSentAgain,
  noteNews,
  releaseHeld,
} from '../src/session/hold.ts';
import {
  endAs,
  endAsAsked,
  endAsDrained,
  noteAttached,
  noteClientGone,
  noteClientInputClosed,
  noteLabel,
  noteUpstreamDown,
  noteUpstreamReady,
  startDraining,
} from '../src/session/notes.ts';
import { hasToWait, wakeQueues } from '../src/session/queue.ts';
import { SessionRecord } from '../src/session/record.ts';
import { type SessionInput } from '../src/session/session-data.ts';
import {
  finishRecovery,
  goesOn,
  hasHandshake,
  hasUnkeptHandshake,
  isReplayAccepted,
  isReplayAnswer,
  recall,
  replayHandshake,
  resumeServing,
} from '../src/session/recovery.ts';
import {
  answerMalformed,
  cancelExchange,
  compensate,
  expireRequest,
  settleAll,
  settleAllAsLost,
} from '../src/session/settle.ts';
import { condition, update } from './update.ts';

/** What outsiders test instead of state names. */
export type SessionTag = 'open' | 'handshaking' | 'ready' | 'recovering' | 'draining' | 'ended';

const session = setup({
  types: {
    context: {} as { readonly record: SessionRecord },
    events: {} as SessionEvent,
    input: {} as SessionInput,
    tags: {} as SessionTag,
  },
  actions: {
    acceptRequest: update(acceptRequest),
    acceptResponse: update(acceptResponse),
    acceptNotification: update(acceptNotification),
    countEarly: update(countEarly),
    refuseDraining: update(refuseDraining),
    holdRequest: update(holdRequest),
    holdResponse: update(holdResponse),
    holdNotification: update(holdNotification),
    holdAgain: update(holdAgain),
    noteNews: update(noteNews),
    releaseHeld: update(releaseHeld),
    wakeQueues: update(wakeQueues),
    answerMalformed: update(answerMalformed),
    expireRequest: update(expireRequest),
    compensate: update(compensate),
    cancelExchange: update(cancelExchange),
    settleAll: update(settleAll),
    settleAllAsLost: update(settleAllAsLost),
    noteUpstreamReady: update(noteUpstreamReady),
    noteUpstreamDown: update(noteUpstreamDown),
    noteAttached: update(noteAttached),
    noteClientGone: update(noteClientGone),
    noteClientInputClosed: update(noteClientInputClosed),
    noteLabel: update(noteLabel),
    recall: update(recall),
    replayHandshake: update(replayHandshake),
    finishRecovery: update(finishRecovery),
    resumeServing: update(resumeServing),
    startDraining: update(startDraining),
    endAsAsked: update(endAsAsked),
    endAsClientGone: update(endAs('client-gone')),
    endAsClientClosed: update(endAs('client-closed')),
    endAsDrained: update(endAsDrained),
    endAsDrainDeadline: update(endAs('drain-deadline')),
    endAsShutdownAgreed: update(endAs('shutdown-agreed')),
    endAsUpstreamLost: update(endAs('upstream-lost')),
    endAsExhausted: update(endAs('upstream-exhausted')),
    endAsUpstreamChanged: update(endAs('upstream-changed')),
    endAsRecoveryDeadline: update(endAs('recovery-deadline')),
    endAsHandshakeTimeout: update(endAs('initialize-timeout')),
    endAsBufferFull: update(endAs('buffer-full')),
  },
  guards: {
    hasToWait: condition(hasToWait),
    isStillWaiting: condition(isStillWaiting),
    isModernRequest: condition(isModernRequest),
    isServing: condition(isServing),
    isShutdownAgreed: condition(isShutdownAgreed),
    isHandshakeExpired: condition(isHandshakeExpired),
    isFinalLoss: condition(isFinalLoss),
    isClientGone: condition(isClientGone),
    isDrained: condition(isDrained),
    isStillExpired: condition(isStillExpired),
    isNewWork: condition(isNewWork),
    isMessageLost: condition(isMessageLost),
    mayBeSentAgain: condition(mayBeSentAgain),
    goesOn: condition(goesOn),
    hasHandshake: condition(hasHandshake),
    hasUnkeptHandshake: condition(hasUnkeptHandshake),
    isReplayAccepted: condition(isReplayAccepted),
    isReplayAnswer: condition(isReplayAnswer),
  },
  delays: {
    drainDeadline: ({ context }) => context.record.surroundings.times.drainMs,
    recoveryDeadline: ({ context }) => context.record.surroundings.times.recoveryMs,
  },
});

const initializing = session.createStateConfig({
  description: 'The peers have not agreed yet: the handshake is under way, or the server has not answered anything.',
  tags: ['open', 'handshaking'],
  on: {
    'frame.request': [
      { guard: 'hasToWait', actions: ['countEarly', 'holdRequest'] },
      { guard: 'isModernRequest', target: 'active', actions: 'acceptRequest' },
      { actions: ['countEarly', 'acceptRequest'] },
    ],
    'frame.response': [
      { guard: 'hasToWait', actions: 'holdResponse' },
      { guard: 'isServing', target: 'active', actions: 'acceptResponse' },
      { actions: 'acceptResponse' },
    ],
    'frame.decided': [
      { guard: 'isStillWaiting', actions: 'noteNews' },
      { guard: 'isServing', target: 'active', actions: 'releaseHeld' },
      { actions: 'releaseHeld' },
    ],
    'request.expired': [
      { guard: 'isHandshakeExpired', target: 'failed', actions: ['expireRequest', 'endAsHandshakeTimeout'] },
      { actions: 'expireRequest' },
    ],
    'upstream.ready': { actions: ['noteUpstreamReady', 'wakeQueues'] },
    'session.reopened': { target: 'active.recovering', actions: 'recall' },
    'upstream.lost': [
      { guard: 'isFinalLoss', target: 'failed', actions: ['settleAllAsLost', 'noteUpstreamDown', 'endAsExhausted'] },
      { actions: ['settleAllAsLost', 'noteUpstreamDown'] },
    ],
  },
});

const serving = session.createStateConfig({
  description: 'Traffic flows.',
  tags: 'ready',
  on: {
    'frame.response': [
      { guard: 'hasToWait', actions: 'holdResponse' },
      {
        guard: 'isShutdownAgreed',
        target: '#session.shuttingDown',
        actions: ['acceptResponse', 'endAsShutdownAgreed', 'startDraining'],
      },
      { actions: 'acceptResponse' },
    ],
    'frame.decided': [
      { guard: 'isStillWaiting', actions: 'noteNews' },
      {
        guard: 'isShutdownAgreed',
        target: '#session.shuttingDown',
        actions: ['releaseHeld', 'endAsShutdownAgreed', 'startDraining'],
      },
      { actions: 'releaseHeld' },
    ],
    'upstream.lost': [
      {
        guard: 'isFinalLoss',
        target: '#session.failed',
        actions: ['settleAllAsLost', 'noteUpstreamDown', 'endAsExhausted'],
      },
      { target: 'recovering', actions: ['settleAllAsLost', 'noteUpstreamDown'] },
    ],
  },
});

const recovering = session.createStateConfig({
  description:
    'The upstream went away and is started again, or another process served the session before. New frames wait; the handshake is replayed, unless the server still knows the session.',
  tags: 'recovering',
  after: { recoveryDeadline: { target: '#session.failed', actions: 'endAsRecoveryDeadline' } },
  on: {
    'upstream.ready': [
      { guard: 'goesOn', target: 'serving', actions: ['noteUpstreamReady', 'resumeServing'] },
      { guard: 'hasHandshake', actions: 'replayHandshake' },
      { guard: 'hasUnkeptHandshake', target: '#session.failed', actions: 'endAsUpstreamLost' },
      { target: 'serving', actions: ['noteUpstreamReady', 'resumeServing'] },
    ],
    'frame.response': [
      { guard: 'isReplayAccepted', target: 'serving', actions: ['noteUpstreamReady', 'finishRecovery'] },
      { guard: 'isReplayAnswer', target: '#session.failed', actions: 'endAsUpstreamChanged' },
      { guard: 'hasToWait', actions: 'holdResponse' },
      { actions: 'acceptResponse' },
    ],
    'frame.decided': [{ guard: 'isStillWaiting', actions: 'noteNews' }, { actions: 'releaseHeld' }],
    'upstream.lost': [
      { guard: 'isFinalLoss', target: '#session.failed', actions: ['settleAllAsLost', 'endAsExhausted'] },
      { actions: 'settleAllAsLost' },
    ],
  },
});

const active = session.createStateConfig({
  description: 'Both peers agreed.',
  tags: 'open',
  initial: 'serving',
  on: {
    'frame.request': [{ guard: 'hasToWait', actions: 'holdRequest' }, { actions: 'acceptRequest' }],
    'request.expired': { actions: 'expireRequest' },
  },
  states: { serving, recovering },
});

const shuttingDown = session.createStateConfig({
  description: 'No new work from the client; what is under way may finish until the drain deadline.',
  tags: 'draining',
  after: { drainDeadline: { target: 'failed', actions: 'endAsDrainDeadline' } },
  always: { guard: 'isDrained', target: 'closed', actions: 'endAsDrained' },
  on: {
    'frame.request': [
      { guard: 'isNewWork', actions: 'refuseDraining' },
      { guard: 'hasToWait', actions: 'holdRequest' },
      { actions: 'acceptRequest' },
    ],
    'frame.response': [{ guard: 'hasToWait', actions: 'holdResponse' }, { actions: 'acceptResponse' }],
    'frame.decided': [{ guard: 'isStillWaiting', actions: 'noteNews' }, { actions: 'releaseHeld' }],
    'request.expired': { actions: 'expireRequest' },
    'upstream.ready': {},
    'upstream.lost': { target: 'failed', actions: ['settleAllAsLost', 'noteUpstreamDown', 'endAsUpstreamLost'] },
    // Asked again, it does not begin again: the deadline stands.
    'session.drain': {},
    'client.closed': [
      { guard: 'isClientGone', target: 'closed', actions: ['noteClientGone', 'endAsClientGone'] },
      { actions: ['noteClientInputClosed', 'endAsClientClosed', 'startDraining'] },
    ],
  },
});

/** The chart of one session: docs/charts/session.md. */
export const sessionMachine = session.createMachine({
  id: 'session',
  // A chart of ours settles in a handful of microsteps; a cycle is a defect that must not hang the process.
  options: { maxIterations: 100 },
  context: ({ input }) => ({ record: new SessionRecord(input) }),
  initial: 'initializing',
  on: {
    'frame.notification': [{ guard: 'hasToWait', actions: 'holdNotification' }, { actions: 'acceptNotification' }],
    'frame.malformed': { actions: 'answerMalformed' },
    'effect.failed': [
      { guard: 'isMessageLost', target: '.failed', actions: ['compensate', 'endAsBufferFull'] },
      { guard: 'mayBeSentAgain', actions: 'holdAgain' },
      { actions: 'compensate' },
    ],
    'exchange.closed': { actions: 'cancelExchange' },
    'client.attached': { actions: 'noteAttached' },
    'client.closed': [
      { guard: 'isClientGone', target: '.closed', actions: ['noteClientGone', 'endAsClientGone'] },
      { target: '.shuttingDown', actions: ['noteClientInputClosed', 'endAsClientClosed', 'startDraining'] },
    ],
    'session.close': { target: '.closed', actions: 'endAsAsked' },
    'session.drain': { target: '.shuttingDown', actions: 'startDraining' },
    'session.expired': { guard: 'isStillExpired', target: '.failed', actions: 'endAsAsked' },
    'session.ticked': {},
    'session.labelled': { actions: 'noteLabel' },
  },
  states: {
    initializing,
    active,
    shuttingDown,
    closed: {
      description: 'Ended as somebody asked. Owns nothing any more.',
      type: 'final',
      tags: 'ended',
      entry: 'settleAll',
    },
    failed: {
      description: 'Ended because it could not go on; the reason says why. Owns nothing any more.',
      type: 'final',
      tags: 'ended',
      entry: 'settleAll',
    },
  },
});
