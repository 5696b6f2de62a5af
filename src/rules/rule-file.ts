/**
 * Reads a rule file: its YAML, its shape, its conditions and what it refers to. Says everything that is wrong with it at once,
 * each with its place. Does nothing with the rules.
 */

import { z } from 'zod';
import { Condition, parseCondition } from './condition.ts';
import { type ActionData, type PluginData, type RuleData, ruleFileLimits, ruleFileSchema } from './rule-schema.ts';
import { didYouMean, suggested } from './suggestion.ts';
import { RuleYaml, type Problem } from './yaml-places.ts';
import { messageOf } from '../reasons.ts';

/** A rule that is ready to be asked. */
export interface Rule {
  readonly id: string;
  readonly priority: number;
  readonly breakpoint: { readonly from: string | undefined; readonly to: string | undefined } | undefined;
  /** The one session that is meant; any where it is absent. No file can say it. */
  readonly session?: string | undefined;
  /** `undefined`: always. */
  readonly condition: Condition | undefined;
  readonly actions: readonly ActionData[];
  readonly onError: 'open' | 'closed';
  /** Contents of the files that its mocks name. */
  readonly files: ReadonlyMap<string, unknown>;
}

export interface RuleFile {
  /** Those that are enabled, in the order in which they are asked. */
  readonly rules: readonly Rule[];
  readonly plugins: readonly PluginData[];
  /** A mistake that shows later, with its place in the file. */
  problemAt(path: readonly PropertyKey[], message: string): Problem;
}

export interface ReadOptions {
  /** Reads a file that a mock names: its text, or why there is none. */
  readonly readMock?: (name: string) => { readonly text: string } | { readonly problem: string };
  /** Whether rules may make things go wrong on purpose. */
  readonly takesFaults?: boolean;
}

/** More would not be read by anybody. */
const problemsMax = 100;

export function readRuleFile(
  text: string,
  options: ReadOptions = {},
): RuleFile | { readonly problems: readonly Problem[] } {
  if (Buffer.byteLength(text) > ruleFileLimits.fileBytesMax) {
    const message = `A rule file has at most ${ruleFileLimits.fileBytesMax} bytes.`;
    return { problems: [{ line: 1, column: 1, where: '', message }] };
  }
  const yaml = new RuleYaml(text);
  if (yaml.problems.length > 0) return { problems: yaml.problems.slice(0, problemsMax) };
  const checked = ruleFileSchema.safeParse(yaml.value);
  if (!checked.success) {
    return { problems: checked.error.issues.flatMap((issue) => issueProblems(yaml, issue)).slice(0, problemsMax) };
  }
  const problems: Problem[] = [...duplicates(yaml, checked.data.rules)];
  const rules = checked.data.rules.map((data, index) => readRule(data, ['rules', index], yaml, options, problems));
  if (problems.length > 0) return { problems: problems.slice(0, problemsMax) };
  const enabled = rules.filter((_, index) => checked.data.rules[index]?.enabled === true);
  // Of equal priority the first in the file comes first: the sort is stable.
  return {
    rules: enabled.toSorted((one, other) => other.priority - one.priority),
    plugins: checked.data.plugins,
    problemAt: (path, message) => yaml.problemAt(path, message),
  };
}

function* duplicates(yaml: RuleYaml, rules: readonly RuleData[]): Iterable<Problem> {
  const seen = new Map<string, number>();
  for (const [index, { id }] of rules.entries()) {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    else yield yaml.problemAt(['rules', index, 'id'], `There is a rule '${id}' already: rules[${first}].`);
  }
}

function readRule(
  data: RuleData,
  path: readonly PropertyKey[],
  yaml: RuleYaml,
  { readMock, takesFaults = true }: ReadOptions,
  problems: Problem[],
): Rule {
  const read = data.when === undefined ? undefined : parseCondition(data.when);
  if (read !== undefined && !(read instanceof Condition)) {
    problems.push(yaml.problemWithin([...path, 'when'], read.offset, read.message));
  }
  const files = new Map<string, unknown>();
  data.do.forEach((action, index) => {
    if (action.fault !== undefined && !takesFaults) {
      problems.push(yaml.problemAt([...path, 'do', index, 'fault'], 'Faults are switched off here.'));
    }
    const name = action.mock?.file;
    if (name === undefined) return;
    const value = readMock === undefined ? { problem: 'files cannot be read here' } : valueOf(readMock(name));
    if ('problem' in value) {
      problems.push(yaml.problemAt([...path, 'do', index, 'mock', 'file'], `'${name}': ${value.problem}.`));
    } else files.set(name, value.value);
  });
  return {
    id: data.id,
    priority: data.priority,
    breakpoint: data.on === 'transition' ? { from: data.from, to: data.to } : undefined,
    condition: read instanceof Condition ? read : undefined,
    actions: data.do,
    onError: data.onError,
    files,
  };
}

function valueOf(
  read: { readonly text: string } | { readonly problem: string },
): { readonly value: unknown } | { readonly problem: string } {
  if ('problem' in read) return read;
  if (Buffer.byteLength(read.text) > ruleFileLimits.mockFileBytesMax) {
    return { problem: `it has more than ${ruleFileLimits.mockFileBytesMax} bytes` };
  }
  try {
    return { value: JSON.parse(read.text) as unknown };
  } catch (error) {
    return { problem: `it is no JSON: ${messageOf(error)}` };
  }
}

type Issue = z.core.$ZodIssue;

/** A key that nobody knows stands where it stands, and not where the object begins. */
function issueProblems(yaml: RuleYaml, issue: Issue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = knownKeys(issue.path);
      const message = `There is no key '${key}' here.${suggested(key, known, ' There are')}`;
      return yaml.problemAt([...issue.path, key], message);
    });
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const given = valueAt(yaml.value, issue.path);
    const suggestion = typeof given === 'string' ? didYouMean(given, values) : '';
    const message = `It has to be ${values.length === 1 ? values[0] : `one of ${values.join(', ')}`}.${suggestion}`;
    return [yaml.problemAt(issue.path, given === undefined ? `It is missing. ${message}` : message)];
  }
  const isMissing = issue.code === 'invalid_type' && valueAt(yaml.value, issue.path) === undefined;
  const message = issue.message.replace(/^Invalid input: /, '');
  const words = isMissing ? `It is missing: ${message}` : message.charAt(0).toUpperCase() + message.slice(1);
  return [yaml.problemAt(issue.path, /[.!?]$/.test(words) ? words : `${words}.`)];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => {
    const members: readonly (readonly [PropertyKey, unknown])[] =
      typeof at === 'object' && at !== null ? Object.entries(at) : [];
    return members.find(([name]) => name === String(key))?.[1];
  }, value);
}

/** The keys of the object that the path leads to, read from the schema. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = ruleFileSchema;
  for (const key of path) {
    const around = bare(schema);
    if (around instanceof z.ZodArray) schema = around.element;
    else schema = around instanceof z.ZodObject ? valueAt(around.shape, [key]) : undefined;
  }
  const object = bare(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** Without what says that it may be left out. */
function bare(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? bare(schema.unwrap()) : schema;
}
