/**
 * The rules of one file as an interceptor: finds those that mean a frame, asks their conditions in order, and turns what they
 * say into actions. A paused frame is asked about by the rules that are left when somebody has let it go on.
 */

import type { Log } from '../ports.ts';
import { warnOfNoise } from '../runtime/noise.ts';
import type {
  InterceptAction,
  InterceptAnswer,
  InterceptContext,
  Interceptor,
  JsonObject,
} from '../session/interception.ts';
import { Scene } from './frame-view.ts';
import { changed } from './patches.ts';
import type { BoundedPauseDesk, PauseDecision } from './pause-desk.ts';
import type { Rule } from './rule-file.ts';
import { RuleIndex } from './rule-index.ts';
import type { ActionData } from './rule-schema.ts';
import { messageOf } from '../reasons.ts';

export interface RulesSurroundings {
  readonly desk: BoundedPauseDesk;
  readonly log: Log;
  /** Breakpoints that the session has come to and no frame has been held for; asked once. */
  breakpointsOf?(sessionId: string): readonly Rule[];
}

const nothing: readonly Rule[] = [];

/** How much longer than the desk the session waits: the desk decides. */
const deskGraceMs = 1000;

const slowBytesPerSecond = 1024;

export class RulesInterceptor implements Interceptor {
  readonly name = 'rules';
  readonly #index: RuleIndex;
  readonly #order: ReadonlyMap<Rule, number>;
  readonly #surroundings: RulesSurroundings;
  #failures = 0;

  /** @param rules in the order in which they are asked. */
  constructor(rules: readonly Rule[], surroundings: RulesSurroundings) {
    this.#index = new RuleIndex(rules.filter(({ breakpoint }) => breakpoint === undefined));
    this.#order = new Map(rules.map((rule, place) => [rule, place]));
    this.#surroundings = surroundings;
  }

  intercept(context: InterceptContext): InterceptAnswer {
    const reached = this.#surroundings.breakpointsOf?.(context.sessionId) ?? nothing;
    const { rules, gates } = this.#index.find(context);
    if (reached.length > 0) return this.#proceed(new Walk(context, [...reached, ...rules]));
    if (rules.length === 0) return undefined;
    const scene = new Scene(context);
    // Most rules do not mean most frames: they are passed by before anything else is made.
    for (let place = 0; place < rules.length; place++) {
      if (gates[place]?.(scene) === false) continue;
      return this.#proceed(new Walk(context, rules, scene, place));
    }
    return undefined;
  }

  /** Asks the rules that are left. */
  #proceed(walk: Walk): InterceptAnswer {
    for (;;) {
      const { rule } = walk;
      if (rule === undefined) return walk.answer();
      const isOver = this.#ask(rule, walk);
      if (isOver) return walk.answer();
    }
  }

  /** Whether nothing is to be asked after it: it ended the walk, or somebody else has to decide first. */
  #ask(rule: Rule, walk: Walk): boolean {
    try {
      if (walk.step === 0 && !isMeant(rule, walk)) {
        walk.nextRule();
        return false;
      }
      while (walk.step < rule.actions.length) {
        const action = rule.actions[walk.step]!;
        walk.step++;
        if (this.#act(rule, action, walk)) return true;
      }
    } catch (error) {
      // The evaluator draws its complaint on further lines.
      const [reason] = messageOf(error).split('\n');
      const { log } = this.#surroundings;
      warnOfNoise(log, ++this.#failures, 'a rule failed', () => ({
        session: walk.context.sessionId,
        rule: rule.id,
        reason,
      }));
      if (rule.onError === 'closed') {
        walk.add({ by: rule.id, action: 'block', message: `The rule ${rule.id} could not be asked` });
        return true;
      }
    }
    walk.nextRule();
    return false;
  }

  #act(rule: Rule, action: ActionData, walk: Walk): boolean {
    const by = rule.id;
    const { context } = walk;
    if (action.continue !== undefined) return true;
    if (action.modify !== undefined) {
      walk.change(changed(walk.scene.frame.message, action.modify), by);
      this.#refind(rule, walk);
    } else if (action.block !== undefined) {
      walk.add({ by, action: 'block', ...words(action.block) });
      return true;
    } else if (action.mock !== undefined) {
      walk.add(mockOf(rule, action.mock, context));
      return true;
    } else if (action.delay !== undefined) {
      walk.add({ by, action: 'delay', delayMs: action.delay.ms, scope: action.delay.scope });
    } else if (action.tag !== undefined) {
      const { add = [], remove = [] } = action.tag;
      if (add.length > 0) walk.add({ by, action: 'tag', labels: add });
      if (remove.length > 0) walk.add({ by, action: 'tag', labels: remove, isSet: false });
    } else if (action.log !== undefined) this.#log(rule, action.log, context);
    else if (action.fault !== undefined) return faulty(by, action.fault, walk);
    else if (action.pause !== undefined) return this.#pause(rule, action.pause, walk);
    return false;
  }

  /** A message that was changed may be meant by other rules than before. */
  #refind(rule: Rule, walk: Walk): void {
    const place = this.#order.get(rule) ?? -1;
    const { rules } = this.#index.find(walk.scene.frame);
    walk.continueWith(rules.filter((candidate) => (this.#order.get(candidate) ?? 0) > place));
  }

  #log(rule: Rule, { level, message }: NonNullable<ActionData['log']>, context: InterceptContext): void {
    const { sessionId, direction, kind, method, frameId } = context;
    const fields = { session: sessionId, rule: rule.id, direction, kind, method, frameId };
    this.#surroundings.log[level](fields, message ?? 'a rule matched');
  }

  #pause(rule: Rule, { ms, default: byDefault, scope }: NonNullable<ActionData['pause']>, walk: Walk): boolean {
    const { context } = walk;
    const { sessionId, direction, kind } = context;
    const { method, message } = walk.scene.frame;
    const bytes = context.bytes;
    const asked = { sessionId, rule: rule.id, direction, kind, method, bytes, message, pauseMs: ms, byDefault };
    const decided = this.#surroundings.desk.put(asked);
    if (decided === undefined) {
      this.#surroundings.log.warn({ session: sessionId, rule: rule.id, byDefault }, 'no room for another paused frame');
      if (byDefault === 'resume') return false;
      walk.add({ by: rule.id, action: 'block', message: 'Too many messages wait for a decision' });
      return true;
    }
    const until = decided.then((decision) => this.#resumed(rule, decision, walk));
    const otherwise =
      byDefault === 'block' ? ({ by: rule.id, action: 'block' } as const) : ({ action: 'continue' } as const);
    walk.pause({ by: rule.id, action: 'pause', until, pauseMs: ms + deskGraceMs, otherwise, scope });
    return true;
  }

  #resumed(rule: Rule, decision: PauseDecision, walk: Walk): InterceptAnswer {
    switch (decision.decision) {
      case 'block':
        return { by: rule.id, action: 'block', ...words(decision) };
      case 'modify':
        walk.change(decision.message, rule.id);
        this.#refind(rule, walk);
        break;
      case 'resume':
    }
    return this.#proceed(walk);
  }
}

/** A frame on its way through the rules: how far it has come, and what was said so far. */
class Walk {
  readonly context: InterceptContext;
  scene: Scene;
  /** Actions of the present rule that are done. */
  step = 0;
  #rules: readonly Rule[];
  #place: number;
  #actions: InterceptAction[] | undefined;

  constructor(context: InterceptContext, rules: readonly Rule[], scene = new Scene(context), place = 0) {
    this.context = context;
    this.#rules = rules;
    this.scene = scene;
    this.#place = place;
  }

  get rule(): Rule | undefined {
    return this.#rules[this.#place];
  }

  nextRule(): void {
    this.#place++;
    this.step = 0;
  }

  /** The present rule goes on; those after it are these. */
  continueWith(rules: readonly Rule[]): void {
    this.#rules = [this.rule!, ...rules];
    this.#place = 0;
  }

  add(action: InterceptAction): void {
    (this.#actions ??= []).push(action);
  }

  pause(action: InterceptAction): void {
    this.add(action);
  }

  change(message: JsonObject, by: string): void {
    this.scene = new Scene(this.context, message);
    this.add({ by, action: 'modify', message });
  }

  /** What was said since the last time. */
  answer(): InterceptAnswer {
    const actions = this.#actions;
    this.#actions = undefined;
    return actions;
  }
}

function isMeant({ session, condition }: Rule, { context, scene }: Walk): boolean {
  if (session !== undefined && session !== context.sessionId) return false;
  return condition === undefined || condition.holds(scene);
}

function words({ code, message }: { readonly code?: number | undefined; readonly message?: string | undefined }): {
  readonly code?: number;
  readonly message?: string;
} {
  return { ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
}

function mockOf(
  { id: by, files }: Rule,
  { result, error, file }: NonNullable<ActionData['mock']>,
  { kind }: InterceptContext,
): InterceptAction {
  // Nobody waits for an answer to it.
  if (kind === 'notification') return { by, action: 'block' };
  if (error !== undefined) return { by, action: 'mock', error };
  return { by, action: 'mock', result: file === undefined ? result : files.get(file) };
}

function faulty(
  by: string,
  { kind, bytesPerSecond = slowBytesPerSecond }: NonNullable<ActionData['fault']>,
  walk: Walk,
): boolean {
  switch (kind) {
    case 'slow':
      walk.add({ by, action: 'delay', delayMs: Math.ceil((walk.context.bytes / bytesPerSecond) * 1000) });
      return false;
    case 'error':
      walk.add(
        walk.context.kind === 'notification'
          ? { by, action: 'drop' }
          : { by, action: 'mock', error: { code: -32603, message: 'Internal error' } },
      );
      return true;
    case 'drop':
      walk.add({ by, action: 'drop' });
      return true;
    case 'close':
      walk.add({ by, action: 'drop', fault: 'close-session' });
      return true;
    case 'kill-upstream':
      walk.add({ by, action: 'drop', fault: 'kill-upstream' });
      return true;
  }
}
