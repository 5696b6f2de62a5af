/**
 * A user's profile file: YAML or JSON, checked key by key, every problem with the line it stands on. A profile begins with
 * a built-in one (`extends`, default `mcp`) and says what differs.
 */

import { readFileSync } from 'node:fs';
import { type Alias, type Document, LineCounter, type Node, isMap, isNode, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { type Profile, builtInProfiles } from '../session/profiles.ts';
import { systemReason } from '../reasons.ts';

const millis = z.number().int().positive();

const profileSchema = z.strictObject({
  name: z.string().min(1).max(100),
  description: z.string().max(1000).optional(),
  extends: z
    .string()
    .refine((name) => builtInProfiles.has(name), `It must be one of ${[...builtInProfiles.keys()].join(', ')}.`)
    .default('mcp'),
  shutdownMethods: z.array(z.string().min(1).max(256)).max(16).optional(),
  batches: z.enum(['by-revision', 'always', 'never']).optional(),
  lateProgress: z.enum(['swallow', 'forward']).optional(),
  methodTimes: z
    .record(z.string().min(1).max(256), z.strictObject({ idleMs: millis.optional(), absoluteMs: millis.optional() }))
    .optional(),
});

export type LoadedProfile = { readonly profile: Profile } | { readonly problem: string };

/** A built-in profile by name, or a file. The problem is one line that says what to change, and where. */
export function loadProfile(nameOrFile: string): LoadedProfile {
  const builtIn = builtInProfiles.get(nameOrFile);
  if (builtIn !== undefined) return { profile: builtIn };
  if (!/[./\\]/.test(nameOrFile)) {
    const names = [...builtInProfiles.keys()].join(', ');
    return {
      problem: `there is no profile '${nameOrFile}'; built-in ones are ${names}, and a file needs a path or an ending`,
    };
  }
  let text: string;
  try {
    text = readFileSync(nameOrFile, 'utf8');
  } catch (error) {
    return { problem: `the profile file ${nameOrFile} cannot be read: ${systemReason(error)}` };
  }
  return parseProfile(text, nameOrFile);
}

/** @param file what the text is called in a problem. */
export function parseProfile(text: string, file: string): LoadedProfile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const syntax = document.errors[0];
  if (syntax !== undefined) return { problem: `${file}:${lines.linePos(syntax.pos[0]).line}: ${syntax.message}` };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const line = lineOfNode(aliasAtFault(document), lines);
    return { problem: `${file}:${line}: ${systemReason(error)}` };
  }
  const checked = profileSchema.safeParse(value);
  if (checked.success) return { profile: completed(checked.data) };
  const issue = checked.error.issues[0]!;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  return {
    problem: `${file}:${lineOf(document, path, lines)}: ${path.length === 0 ? 'the profile' : path.join('.')}: ${issue.message}`,
  };
}

function completed(own: z.output<typeof profileSchema>): Profile {
  const base = builtInProfiles.get(own.extends)!;
  return {
    name: own.name,
    description: own.description ?? base.description,
    shutdownMethods: own.shutdownMethods ?? base.shutdownMethods,
    batches: own.batches ?? base.batches,
    lateProgress: own.lateProgress ?? base.lateProgress,
    methodTimes: Object.fromEntries(
      Object.entries({ ...base.methodTimes, ...own.methodTimes }).map(([method, times]) => [
        method,
        {
          ...(times.idleMs === undefined ? {} : { idleMs: times.idleMs }),
          ...(times.absoluteMs === undefined ? {} : { absoluteMs: times.absoluteMs }),
        },
      ]),
    ),
  };
}

/** The line where what `path` leads to begins, with its key where it has one; or the nearest thing around it that is there. */
function lineOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const around: unknown = document.getIn(path.slice(0, length - 1), true);
    const key = isMap(around) ? around.items.find((pair) => String(pair.key) === path[length - 1])?.key : undefined;
    const node: unknown = key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node)) return lineOfNode(node, lines);
  }
  return 1;
}

function lineOfNode(node: Node | undefined, lines: LineCounter): number {
  return node?.range == null ? 1 : lines.linePos(node.range[0]).line;
}

/** Only aliases keep a document that was parsed from being read: one without its anchor, or else too many of them. */
function aliasAtFault(document: Document): Node | undefined {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_key, alias) => void aliases.push(alias) });
  return aliases.find((alias) => alias.resolve(document) === undefined) ?? aliases[0];
}
