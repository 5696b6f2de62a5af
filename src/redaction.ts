/**
 * Hides secrets in what is shown or kept of messages: values under keys that are named like secrets, texts that look like secrets
 * wherever they stand, and what lies under paths that somebody names. It works on data and on texts, in time that grows with their
 * length alone; it knows no messages, and does not find a secret that nobody could tell from other text.
 */

import { NameFinder } from './name-finder.ts';
import { decodeText, encodeText } from './protocol/text.ts';
import type { PathPattern } from './path-pattern.ts';

/** What stands in the place of a secret. */
export const redacted = '[redacted]';

/** Text that is written or spoken of as a secret, in names without separators and in lower case. */
const secretEndings = [
  'authorization',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'credential',
  'credentials',
  'cookie',
  'sessionkey',
  'connectionstring',
] as const;

const secretNames: ReadonlySet<string> = new Set([
  'auth',
  'pwd',
  'pass',
  'jwt',
  'bearer',
  'setcookie',
  'otp',
  'pin',
  'cvv',
  'ssn',
]);

/** Named like a secret, and none: the protocol and its like are full of them. */
const harmlessNames: ReadonlySet<string> = new Set([
  'progresstoken',
  'nextpagetoken',
  'pagetoken',
  'continuationtoken',
]);

/** What was found out about names, which come again and again; forgotten when there are too many of them. */
const knownNames = new Map<string, boolean>();
const knownNamesMax = 1000;

/** A key or a header of this name holds a secret. Case and separators do not matter. */
export function isSecretName(name: string): boolean {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const isSecret = name.length <= nameCharactersMax && looksSecret(name);
  if (knownNames.size >= knownNamesMax) knownNames.clear();
  if (name.length <= nameCharactersMax) knownNames.set(name, isSecret);
  return isSecret;
}

function looksSecret(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (harmlessNames.has(bare)) return false;
  return secretNames.has(bare) || secretEndings.some((ending) => bare.endsWith(ending));
}

const nameCharactersMax = 256;

export interface RedactionOptions {
  /** Places of messages at which everything is hidden besides. */
  readonly paths?: readonly PathPattern[];
  /** Headers whose values are hidden besides; case does not matter. */
  readonly headers?: readonly string[];
}

export class Redaction {
  readonly #paths: readonly PathPattern[];
  /** Of each path a key that is written in every message that it leads into. */
  readonly #keys: readonly string[];
  readonly #headers: ReadonlySet<string>;

  constructor({ paths = [], headers = [] }: RedactionOptions = {}) {
    this.#headers = new Set(headers.map((name) => name.toLowerCase()));
    this.#paths = paths;
    this.#keys = paths.map((path) => JSON.stringify(path.findLast((step) => !/^(?:\*|\d+)$/.test(step)) ?? ''));
  }

  /** The same with secrets hidden; what is no JSON in it stays. A copy: the original is not touched. */
  value(value: unknown): unknown {
    return this.#walk(value, this.#paths, 0);
  }

  /** JSON text as JSON text, with secrets hidden; any other text as text. */
  body(text: string): string {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return redactText(text);
    }
    return JSON.stringify(this.value(value));
  }

  /** As `body`; and the very text, spelled as it was, where nothing in it is to be hidden. */
  message(text: string): string {
    return this.bytes(encodeText(text)) ?? text;
  }

  /** As `message`; undefined where nothing is to be hidden, which is seen without a text. */
  bytes(json: Uint8Array): string | undefined {
    const mayHold = mayHoldSecret(json);
    if (!mayHold && this.#keys.length === 0) return undefined;
    const text = decodeText(json);
    return mayHold || this.#mayLeadInto(text) ? this.body(text) : undefined;
  }

  /** Keys may be spelled with escapes; a path of places alone leads into anything. */
  #mayLeadInto(text: string): boolean {
    return (
      this.#keys.some((key) => key === '""' || text.includes(key)) || (this.#keys.length > 0 && text.includes('\\u'))
    );
  }

  headers(
    headers: readonly (readonly [name: string, value: string])[],
  ): readonly (readonly [name: string, value: string])[] {
    return headers.map(([name, value]) => {
      const isSecret = isSecretName(name) || this.#headers.has(name.toLowerCase());
      return [name, isSecret ? redacted : redactText(value)];
    });
  }

  /** @param paths those that lead further down from here. */
  #walk(value: unknown, paths: readonly PathPattern[], depth: number): unknown {
    if (typeof value === 'string') return redactText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth === depthMax) return redacted;
    if (Array.isArray(value)) return value.map((item, place) => this.#member(item, String(place), paths, depth));
    const isNamedPair = namesSecret(value);
    const shown: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value)) {
      const kept = this.#kept(key, member, isNamedPair, paths, depth);
      // A key like any other on the wire, and none in an assignment.
      if (key === '__proto__') Object.defineProperty(shown, key, { value: kept, enumerable: true });
      else shown[key] = kept;
    }
    return shown;
  }

  #kept(key: string, member: unknown, isNamedPair: boolean, paths: readonly PathPattern[], depth: number): unknown {
    if (isNamedPair && key === 'value') return hidden(member);
    if (!isSecretName(key)) return this.#member(member, key, paths, depth);
    return isSchema(member) ? schemaOfSecret(member) : hidden(member);
  }

  #member(value: unknown, key: string, paths: readonly PathPattern[], depth: number): unknown {
    if (paths.length === 0) return this.#walk(value, paths, depth + 1);
    const further = paths.filter(([step]) => step === '*' || step === key).map((steps) => steps.slice(1));
    if (further.some((steps) => steps.length === 0)) return redacted;
    return this.#walk(value, further, depth + 1);
  }
}

/** No message that is read is nested so deep. */
const depthMax = 512;

/** Everything in it that could say something; yes, no and nothing say nothing. */
function hidden(value: unknown): unknown {
  return value === null || typeof value === 'boolean' || value === '' ? value : redacted;
}

/** `{"name": "API_KEY", "value": "..."}`, as lists of variables and headers are written. */
function namesSecret(value: object): boolean {
  const { name, key } = value as { readonly name?: unknown; readonly key?: unknown };
  return (typeof name === 'string' && isSecretName(name)) || (typeof key === 'string' && isSecretName(key));
}

/** Of the schema of a secret what describes it is shown, and nothing that may be one. */
const describing: ReadonlySet<string> = new Set(['type', 'title', 'description', 'format', 'minLength', 'maxLength']);
const schemaTypes: ReadonlySet<unknown> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
  'null',
]);

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'type' in value && schemaTypes.has(value.type);
}

function schemaOfSecret(schema: object): unknown {
  return Object.fromEntries(
    Object.entries(schema).map(([key, member]) => [key, describing.has(key) ? redactedText(member) : hidden(member)]),
  );
}

function redactedText(value: unknown): unknown {
  return typeof value === 'string' ? redactText(value) : typeof value === 'object' ? hidden(value) : value;
}

// --- texts -------------------------------------------------------------------------------------------------------------

/** Shorter than this is nothing that looks like a secret by itself. */
const secretCharactersMin = 8;

/**
 * Every pattern walks over the text once: what it repeats is bounded, or ends where nothing that may follow it could begin.
 */
export function redactText(text: string): string {
  if (text.length < secretCharactersMin || !suspicious.test(text)) return text;
  let shown = text;
  if (shown.includes('PRIVATE KEY-----')) shown = withoutPrivateKeys(shown);
  if (/bearer|basic/i.test(shown)) shown = shown.replaceAll(schemes, withoutCredentials);
  if (shown.includes('://')) shown = shown.replaceAll(/:\/\/[^\s/@:]{0,256}:[^\s/@]{1,256}@/g, `://${redacted}@`);
  if (assigned.test(shown)) shown = shown.replaceAll(assignments, `$1${redacted}`);
  return knownKeyHint.test(shown) ? shown.replaceAll(/[\w.-]{16,}/g, withoutKnownKeys) : shown;
}

/** Most texts have nothing of what every pattern needs. */
const suspicious =
  /:\/\/|PRIVATE KEY-----|bearer|basic|pass|secret|token|key|credential|[prs]k[-_]|gh[opsur]_|github_pat_|glpat-|xox|aiza|a[ks]ia|npm_|hf_|pypi-|dop_v1_|ya29\.|eyj/i;

/** The words that stand before what is assigned. */
const assigned = /pass|secret|token|key|credential/i;

const schemes = /\b(Bearer|Basic)( {1,4})([\w.~+/-]{8,}={0,2})/gi;

/** Prose goes on with a word after `basic` and `bearer`; credentials hold more than letters, or are longer than a word. */
function withoutCredentials(whole: string, scheme: string, space: string, said: string): string {
  return /[^a-z]/.test(said.slice(1)) || said.length > 24 ? `${scheme}${space}${redacted}` : whole;
}

/** In configuration, queries and logs: `api_key=...`, `"password": "..."`. */
const assignments =
  /((?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)[^\s"',;&<>\\]{4,}/gi;

/** From its first line to its last; without a last one, to the end. */
function withoutPrivateKeys(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const mark = text.indexOf('PRIVATE KEY-----', from);
    if (mark < 0) break;
    // The words between are few: what is further away belongs to something else.
    const near = Math.max(from, mark - 64);
    const found = text.slice(near, mark).lastIndexOf('-----BEGIN');
    const isBegin = found >= 0;
    const begin = near + found;
    parts.push(text.slice(from, isBegin ? begin : mark));
    if (isBegin) parts.push(redacted);
    else parts.push(text.slice(mark, mark + 1));
    const end = isBegin ? text.indexOf('-----END', mark) : -1;
    const close = end < 0 ? -1 : text.indexOf('-----', end + '-----END'.length);
    from = !isBegin ? mark + 1 : close < 0 ? text.length : close + 5;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** What services put before their keys, so that they are known where they should not be. */
const knownKey =
  /(?:sk-|[prs]k_(?:live|test)_|gh[opsur]_|github_pat_|glpat-|xox[abeoprs]-|AIza|AKIA|ASIA|npm_|hf_|pypi-|dop_v1_|ya29\.)[\w-]{12,}/g;

/** One of them stands in every text with such a key, or with a JWT. */
const keyBeginnings = [
  ...['pk-', 'rk-', 'sk-', 'pk_', 'rk_', 'sk_'],
  ...['gho_', 'ghp_', 'ghr_', 'ghs_', 'ghu_', 'github_pat_', 'glpat-'],
  ...['xox', 'AIza', 'AKIA', 'ASIA', 'npm_', 'hf_', 'pypi-', 'dop_v1_', 'ya29.', 'eyJ'],
] as const;
const knownKeyHint = new RegExp(keyBeginnings.map((text) => text.replace('.', '\\.')).join('|'));

function withoutKnownKeys(word: string): string {
  if (!knownKeyHint.test(word)) return word;
  return withoutJwts(word.replaceAll(knownKey, redacted));
}

/** A header and a payload that begin as JSON objects in base64 do, with a dot between; the signature may be missing. */
function withoutJwts(word: string): string {
  const parts = word.split('.');
  const shown: string[] = [];
  for (let place = 0; place < parts.length; place++) {
    const part = parts[place]!;
    const begin = part.indexOf('eyJ');
    if (begin < 0 || parts[place + 1]?.startsWith('eyJ') !== true) shown.push(part);
    else {
      shown.push(`${part.slice(0, begin)}${redacted}`);
      place += place + 2 < parts.length ? 2 : 1;
    }
  }
  return shown.join('.');
}

// --- whether there is anything to hide -------------------------------------------------------------------------------

/**
 * False: nothing in the JSON would be hidden, neither by its name nor by its looks. Costs one walk over the bytes, where hiding
 * parses and writes them. Says nothing of paths that somebody names.
 */
export function mayHoldSecret(json: Uint8Array): boolean {
  secretNamesIn ??= new NameFinder({
    whole: [...secretNames],
    endings: secretEndings,
    anywhere: ['bearer', 'basic', 'privatekey'],
    except: [...harmlessNames],
    spelled: ['://', ...keyBeginnings],
  });
  return secretNamesIn.finds(json);
}

/** Made when it is asked for: few processes do. */
let secretNamesIn: NameFinder | undefined;
