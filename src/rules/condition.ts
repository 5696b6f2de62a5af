/**
 * A rule's condition in the Common Expression Language: read once, checked against the names that there are, bounded in size
 * and in work, and then asked about frames. Knows nothing of rules and files.
 */

import { type ASTNode, TypeError as CelTypeError, Environment, ParseError } from '@marcbachmann/cel-js';
import { type Constraint, constraintOf } from './constraint.ts';
import { AuthView, FrameView, HttpView, MetaView, type Scene } from './frame-view.ts';
import { matchesGlob } from './glob.ts';
import { childrenOf, conjunctsOf } from './syntax.ts';
import { didYouMean, suggested } from './suggestion.ts';
import { type Test, testOf } from './total.ts';
import { loopDepthMax, requireWork } from './work.ts';

export const conditionLimits = { charactersMax: 4096, nodesMax: 500, depthMax: 32, listMax: 200 } as const;

const fields = {
  frame: {
    kind: 'string',
    direction: 'string',
    method: 'string',
    name: 'string',
    bytes: 'int',
    id: 'dyn',
    params: 'dyn',
    result: 'dyn',
    error: 'dyn',
  },
  meta: {
    frame_count: 'int',
    session_duration_ms: 'int',
    session_tags: 'list<string>',
    session_state: 'string',
    pending_count: 'int',
    protocol_version: 'string',
    client_name: 'string',
    server_name: 'string',
    principal: 'string',
    route: 'string',
  },
  auth: { principal: 'string', claims: 'dyn' },
} as const;

/** The names of each part of a condition's scene. */
export const conditionFields: Readonly<Record<keyof typeof fields, readonly string[]>> = {
  frame: Object.keys(fields.frame),
  meta: Object.keys(fields.meta),
  auth: Object.keys(fields.auth),
};

const roots = ['frame', 'meta', 'http', 'auth', 'now'] as const;

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: {
    maxAstNodes: conditionLimits.nodesMax,
    maxDepth: conditionLimits.depthMax,
    maxListElements: conditionLimits.listMax,
    maxMapEntries: conditionLimits.listMax,
    maxCallArguments: 8,
  },
})
  .registerType('Frame', { ctor: FrameView, fields: fields.frame })
  .registerType('Meta', { ctor: MetaView, fields: fields.meta })
  .registerType('Auth', { ctor: AuthView, fields: fields.auth })
  .registerType('Http', { ctor: HttpView, fields: {} })
  .registerVariable('frame', 'Frame')
  .registerVariable('meta', 'Meta')
  .registerVariable('auth', 'Auth')
  .registerVariable('http', 'Http')
  .registerVariable('now', 'google.protobuf.Timestamp')
  .registerFunction('Http.header(string): string', (http: HttpView, name: string) => http.header(name))
  .registerFunction('string.glob(string): bool', (text: string, pattern: string) => matchesGlob(text, pattern));

/** What is wrong with a condition, and where in its text. */
export interface ConditionProblem {
  readonly message: string;
  readonly offset: number;
}

export class Condition {
  readonly text: string;
  /** What every frame has in common for which this can be true. */
  readonly constraint: Constraint;
  /** Its parts that cost next to nothing and cannot fail: where they do not hold, it does not. */
  readonly gate: Test | undefined;
  readonly #rest: ((scene: Scene) => unknown) | undefined;
  readonly #loopDepth: number;

  constructor(text: string, ast: ASTNode, evaluate: (scene: Scene) => unknown, loopDepth: number) {
    this.text = text;
    this.constraint = constraintOf(ast);
    const conjuncts = conjunctsOf(ast);
    const tests = conjuncts.map((conjunct) => testOf(conjunct)).filter((test) => test !== undefined);
    this.gate = together(tests);
    this.#rest = tests.length === conjuncts.length ? undefined : evaluate;
    this.#loopDepth = loopDepth;
  }

  /** @throws what makes it impossible to say: a member that is not there, a type that does not fit, too much work. */
  holds(scene: Scene): boolean {
    if (this.gate?.(scene) === false) return false;
    if (this.#rest === undefined) return true;
    if (this.#loopDepth > 0) requireWork(scene.frame.size, scene.longest, this.#loopDepth);
    return this.#rest(scene) === true;
  }
}

function together([first, ...others]: readonly Test[]): Test | undefined {
  if (first === undefined || others.length === 0) return first;
  const rest = together(others)!;
  return (scene) => first(scene) && rest(scene);
}

/** Reads and checks a condition. */
export function parseCondition(text: string): Condition | ConditionProblem {
  if (text.length > conditionLimits.charactersMax) {
    return { message: `A condition has at most ${conditionLimits.charactersMax} characters.`, offset: 0 };
  }
  try {
    const parsed = environment.parse(text);
    const refused = refusedIn(parsed.ast);
    if (refused !== undefined) return refused;
    const { valid, type, error } = parsed.check();
    if (!valid) return problemOf(error, text);
    if (type !== 'bool' && type !== 'dyn') return { message: `It is ${type}, and has to be true or false.`, offset: 0 };
    return new Condition(text, parsed.ast, parsed, loopDepthOf(parsed.ast));
  } catch (error) {
    return problemOf(error, text);
  }
}

const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** What the language has and a proxy had better not run. */
function refusedIn(node: ASTNode): ConditionProblem | undefined {
  if (node.op === 'rcall') {
    const [name, receiver] = node.args;
    if (name === 'matches') {
      const message = `Regular expressions are not taken here, since some never end. Say startsWith, endsWith, contains, or glob('delete_*').`;
      return { message, offset: node.start };
    }
    if (name === 'bind') return { message: `'cel.bind' is not taken here.`, offset: node.start };
    if (loops.has(name) && !isPath(receiver)) {
      return {
        message: `'${name}' goes over a member of the scene, and not over what was computed.`,
        offset: node.start,
      };
    }
  }
  if (loopDepthOf(node) > loopDepthMax) {
    return { message: `At most ${loopDepthMax} loops may stand one in another.`, offset: node.start };
  }
  for (const child of childrenOf(node)) {
    const refused = refusedIn(child);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** A member of a member of a name. */
function isPath(node: ASTNode): boolean {
  if (node.op === 'id') return true;
  const isMember = node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
  return isMember && isPath(node.args[0]);
}

function loopDepthOf(node: ASTNode): number {
  const own = node.op === 'rcall' && loops.has(node.args[0]) ? 1 : 0;
  return own + Math.max(0, ...childrenOf(node).map((child) => loopDepthOf(child)));
}

function problemOf(error: unknown, text: string): ConditionProblem {
  const isKnown = error instanceof ParseError || error instanceof CelTypeError;
  const summary = isKnown ? error.summary : String(error);
  const offset = Math.min((isKnown ? error.range?.start : undefined) ?? 0, text.length);
  const word = /^[A-Za-z_]\w*/.exec(text.slice(offset))?.[0] ?? '';
  switch (isKnown ? error.code : '') {
    case 'unknown_variable':
      return { message: `There is no '${word}'.${suggested(word, roots, ' There are')}`, offset };
    case 'no_such_key': {
      const owner = /(\w+)\s*\.\s*$/.exec(text.slice(0, offset))?.[1] ?? '';
      const names = Object.entries(conditionFields).find(([name]) => name === owner)?.[1] ?? [];
      return { message: `'${owner}' has no '${word}'.${suggested(word, names, ` ${owner} has`)}`, offset };
    }
    case 'no_matching_overload': {
      const called = /'(?:[^']*\.)?(\w+)\(/.exec(summary)?.[1] ?? '';
      return { message: `${summary}.${didYouMean(called, functions)}`, offset };
    }
    default:
      return { message: `${summary}.`, offset };
  }
}

const functions: readonly string[] = [
  ...['startsWith', 'endsWith', 'contains', 'glob', 'size', 'lowerAscii', 'upperAscii', 'trim', 'indexOf', 'substring'],
  ...['split', 'join', 'header', 'has', 'int', 'double', 'string', 'bool', 'timestamp', 'duration', ...loops],
];
