/**
 * Plays as fast-check makes and shortens them. Loads fast-check, which is a peer of this package: nothing imports this file but
 * `ninelives/testing`, and the command when it is asked to verify.
 */

import fc from 'fast-check';

import { listenMethod } from './listening.ts';
import type { IdChoice, Nth, Play, Step } from './step.ts';
import type { TargetFacts, TargetFault } from './target.ts';

/** What a client may ask for. */
export interface PlayedRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface PlayOptions extends Pick<TargetFacts, 'kind' | 'era'>, Partial<Pick<TargetFacts, 'isHttp'>> {
  /** What may go wrong besides; nothing unless said otherwise. A play never does what its target cannot. */
  readonly faults?: readonly TargetFault[];
  /** How many steps a play has at most: 40. Connecting and shaking hands come together, as two. */
  readonly lengthMax?: number;
  /** How often a kind of step comes, relative to the others; what is left out is as usual, 0 is never. */
  readonly weights?: Partial<Readonly<Record<Step['do'], number>>>;
  /** What clients ask for; a few methods that every proxy passes on, or every server answers, unless said otherwise. */
  readonly requests?: fc.Arbitrary<PlayedRequest>;
  /** What rules are given, by their names. */
  readonly rules?: Readonly<Record<string, fc.Arbitrary<unknown>>>;
  /** Ids that are under way already, and such as are texts: true unless said otherwise. */
  readonly usesIdsTwice?: boolean;
}

const usualWeights: Readonly<Record<Step['do'], number>> = {
  connect: 3,
  initialize: 1,
  request: 10,
  notify: 2,
  cancel: 3,
  reply: 4,
  'say-garbage': 0,
  disconnect: 1,
  answer: 10,
  progress: 5,
  ask: 3,
  announce: 3,
  'end-server': 1,
  network: 2,
  kill: 1,
  wait: 2,
  settle: 1,
  rule: 4,
};

const place: fc.Arbitrary<Nth> = fc.nat(5);
const outcome = fc.constantFrom<'result' | 'error'>('result', 'error');
const asked = fc.constantFrom('sampling/createMessage', 'elicitation/create', 'roots/list', 'ping');
const askMethods: Readonly<Record<TargetFacts['kind'], readonly string[]>> = {
  proxy: ['tools/call', 'tools/list', 'prompts/get', 'resources/read'],
  server: ['ping', 'tools/list'],
  client: ['ping'],
};

/** Plays for targets of this kind. The same seed and path of fast-check make the same play. */
export function arbitraryPlay(options: PlayOptions): fc.Arbitrary<Play> {
  const { kind, weights, lengthMax = 40 } = options;
  const all = [...stepsOf(options), ...scenesOf(options)].map(({ what, arbitrary, weight }) => ({
    arbitrary,
    weight: isOf(what, options) && weights?.[what] !== 0 ? (weight ?? weights?.[what] ?? usualWeights[what]) : 0,
  }));
  const chunks = fc.oneof(...all.filter(({ weight }) => weight > 0));
  // Nothing happens before somebody is there, so that somebody is there first; a client under test comes by itself.
  const opening = kind === 'client' ? fc.constant<Play>([]) : connecting(options);
  const rest = fc.array(chunks, { maxLength: lengthMax - 2, size: 'max' });
  return fc.tuple(opening, rest).map(([first, others]) => [...first, ...others.flat()].slice(0, lengthMax));
}

interface StepArbitrary {
  readonly what: Step['do'];
  readonly arbitrary: fc.Arbitrary<Play>;
  /** As usual for its kind of step, unless said otherwise. */
  readonly weight?: number;
}

function stepsOf(options: PlayOptions): readonly StepArbitrary[] {
  const { era, faults = [], rules = {}, usesIdsTwice = true } = options;
  const requests = requestsOf(options);
  const id: fc.Arbitrary<IdChoice> = usesIdsTwice
    ? fc.oneof(
        { weight: 8, arbitrary: fc.constant('next' as const) },
        { weight: 1, arbitrary: fc.constant('next-as-text' as const) },
        { weight: 1, arbitrary: fc.record({ sameAs: place }) },
      )
    : fc.constantFrom('next' as const, 'next-as-text' as const);
  const isMaybe = fc.boolean();
  const request = fc
    .tuple(place, requests, id, isMaybe)
    .map(([client, { method, params }, as, wantsProgress]): Step => {
      const more = { ...(params === undefined ? {} : { params }), ...(wantsProgress ? { wantsProgress } : {}) };
      return { do: 'request', client, method, id: as, ...more };
    });
  const announced = fc.constantFrom(
    'notifications/tools/list_changed',
    era === 'stateless' ? 'notifications/prompts/list_changed' : 'notifications/message',
  );
  const nexts = nextsOf(faults);
  const kills = (['target', 'server'] as const).filter((which) => faults.includes(`kill-${which}`));
  const names = Object.entries(rules);
  const one = (what: Step['do'], step: fc.Arbitrary<Step>): StepArbitrary => ({
    what,
    arbitrary: step.map((made) => [made]),
  });
  return [
    { what: 'connect', arbitrary: connecting(options) },
    one('initialize', fc.record({ do: fc.constant('initialize' as const), client: place })),
    one('request', request),
    one(
      'notify',
      place.map((client) => ({ do: 'notify', client, method: 'notifications/roots/list_changed' })),
    ),
    one('cancel', fc.record({ do: fc.constant('cancel' as const), client: place, request: place })),
    one('reply', fc.record({ do: fc.constant('reply' as const), client: place, request: place, with: outcome })),
    one(
      'say-garbage',
      place.map((client) => ({ do: 'say-garbage', client, text: '{"' })),
    ),
    one('disconnect', fc.record({ do: fc.constant('disconnect' as const), client: place, isCut: fc.boolean() })),
    one(
      'answer',
      fc.tuple(place, outcome, fc.nat(9)).map(([nth, kindOfAnswer, dice]) => {
        const step = { do: 'answer', request: nth, with: kindOfAnswer } as const;
        return dice === 9 ? { ...step, isTwice: true } : step;
      }),
    ),
    one('progress', fc.record({ do: fc.constant('progress' as const), request: place })),
    one(
      'ask',
      fc.record({ do: fc.constant('ask' as const), request: place, method: asked, id: fc.constant('next' as const) }),
    ),
    one('announce', fc.record({ do: fc.constant('announce' as const), server: place, method: announced })),
    one('end-server', fc.record({ do: fc.constant('end-server' as const), server: place })),
    ...(nexts.length > 0
      ? [
          one(
            'network',
            fc.record({ do: fc.constant('network' as const), connection: place, next: fc.constantFrom(...nexts) }),
          ),
        ]
      : []),
    ...(kills.length > 0
      ? [one('kill', fc.record({ do: fc.constant('kill' as const), which: fc.constantFrom(...kills) }))]
      : []),
    one('wait', fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 10, 100, 1000) })),
    one('settle', fc.constant({ do: 'settle' as const })),
    ...names.map(([name, value]) =>
      one('rule', fc.record({ do: fc.constant('rule' as const), name: fc.constant(name), value })),
    ),
  ];
}

function requestsOf({ kind, era, requests }: PlayOptions): fc.Arbitrary<PlayedRequest> {
  const usual = askMethods[kind].filter((method) => method !== 'ping' || era === 'session' || kind === 'client');
  return requests ?? fc.constantFrom(...usual.map((method): PlayedRequest => ({ method })));
}

/** Steps that together lead to where things meet that seldom meet by chance. Shortening them leaves out what is not needed. */
function scenesOf(options: PlayOptions): readonly StepArbitrary[] {
  const { kind, era, isHttp = false, faults = [], weights, usesIdsTwice = true } = options;
  if (kind === 'client') return [];
  const requests = requestsOf(options);
  const ask = (
    client: Nth,
    { method, params }: PlayedRequest,
    id: IdChoice,
    more: { readonly wantsProgress?: true } = {},
  ): Step => ({
    do: 'request',
    client,
    method,
    ...(params === undefined ? {} : { params }),
    id,
    ...more,
  });
  const answer = (request: Nth): Play => (kind === 'proxy' ? [{ do: 'answer', request, with: 'result' }] : []);
  const twins = fc
    .tuple(place, requests, requests, place, place)
    .map(([client, one, other, first, second]): Play => [
      ask(client, one, 'next'),
      ask(client, other, { sameAs: 0 }),
      ...answer(first),
      ...answer(second),
    ]);
  // Asked and cancelled at once: nobody has answered yet, and on HTTP the response has to end all the same.
  const cancelled = fc
    .tuple(place, requests, place)
    .map(([client, one, request]): Play => [ask(client, one, 'next'), { do: 'cancel', client, request }]);
  const canKill = faults.includes('kill-server');
  const lost = fc
    .tuple(place, requests, place, fc.boolean())
    .map(([client, one, server, isKilled]): Play => [
      ask(client, one, 'next', { wantsProgress: true }),
      { do: 'progress', request: 0 },
      isKilled && canKill ? { do: 'kill', which: 'server' } : { do: 'end-server', server },
      { do: 'settle' },
    ]);
  const questions = fc
    .tuple(place, requests, place, asked, outcome)
    .map(([client, one, request, method, kindOfReply]): Play => [
      ask(client, one, 'next'),
      { do: 'ask', request, method, id: 'next' },
      { do: 'reply', client, request: 0, with: kindOfReply },
    ]);
  const filters = fc.constantFrom(
    { toolsListChanged: true },
    { promptsListChanged: true },
    { toolsListChanged: true, promptsListChanged: true },
  );
  const listens = fc
    .tuple(place, filters)
    .map(([client, notifications]): Play => [ask(client, { method: listenMethod, params: { notifications } }, 'next')]);
  return [
    ...(usesIdsTwice ? [{ what: 'request', arbitrary: twins, weight: isHttp ? 3 : 1 } as const] : []),
    ...(isHttp && era === 'session' && weights?.cancel !== 0
      ? [{ what: 'request', arbitrary: cancelled, weight: 3 } as const]
      : []),
    ...(kind === 'proxy' && weights?.['end-server'] !== 0
      ? [{ what: 'request', arbitrary: lost, weight: 1 } as const]
      : []),
    ...(kind === 'proxy' && era === 'session' && weights?.ask !== 0
      ? [{ what: 'request', arbitrary: questions, weight: 2 } as const]
      : []),
    ...(era === 'stateless' ? [{ what: 'request', arbitrary: listens, weight: 3 } as const] : []),
  ];
}

/** A client comes, and shakes hands where that is done. */
function connecting({ era }: PlayOptions): fc.Arbitrary<Play> {
  return fc.option(fc.nat(1), { nil: undefined }).map((principal): Play => {
    const connect: Step = principal === undefined ? { do: 'connect' } : { do: 'connect', principal };
    return era === 'stateless' ? [connect] : [connect, { do: 'initialize', client: 0 }];
  });
}

type NetworkNext = Extract<Step, { readonly do: 'network' }>['next'];

function nextsOf(faults: readonly TargetFault[]): readonly NetworkNext[] {
  const messages = (['split', 'delay', 'duplicate', 'drop'] as const).filter((fault) => faults.includes(fault));
  return faults.includes('slow-reader') ? [...messages, 'stop-reading', 'resume-reading'] : messages;
}

/** Steps that are about nothing, whatever is there. */
function isOf(what: Step['do'], { kind, era }: PlayOptions): boolean {
  const isOurServer = ['answer', 'progress', 'ask', 'announce', 'end-server'].includes(what);
  const isOurClient = ['connect', 'initialize', 'request', 'notify', 'cancel', 'reply', 'disconnect'].includes(what);
  if (kind === 'server' && isOurServer) return false;
  if (kind === 'client' && isOurClient) return false;
  return era === 'session' || !['initialize', 'ask', 'reply', 'notify'].includes(what);
}
