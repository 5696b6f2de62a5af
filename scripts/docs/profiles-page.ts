/** docs/reference/profiles.md: the built-in profiles, and the file that says how somebody's server differs. */

import { type Profile, builtInProfiles } from '../../src/session/profiles.ts';
import { code, codes, fenced, generatedFrom, table } from './markdown.ts';

/** The keys of a profile file. */
export const profileKeys: Readonly<Record<keyof Profile | 'extends', string>> = {
  name: 'What the profile is called in snapshots. Required.',
  description: 'What it is for, for people.',
  extends: 'The built-in profile that it begins with; `mcp` when it does not say.',
  shutdownMethods: 'Requests whose successful result ends the session. No revision of MCP has one; dialects do.',
  batches: 'JSON arrays of messages: `by-revision`, `always`, or `never`.',
  lateProgress: 'Progress for a request that has ended: `swallow` it, or `forward` it.',
  methodTimes: 'Deadlines of single methods, `idleMs` and `absoluteMs`, in milliseconds.',
};

/** @param example a profile file that the loader accepts. */
export function profilesPage(example: string): string {
  return [
    generatedFrom('src/session/profiles.ts', 'test/docs/profile.example.yaml'),
    '# Profiles',
    `Where servers and clients differ from the protocol, the difference is data: a profile. \`--profile NAME\` chooses a built-in
one, \`--profile FILE\` reads one from a file.`,
    '## Built-in profiles',
    table(
      ['name', 'batches', 'late progress', 'shutdown methods', 'what it is for'],
      [...builtInProfiles.values()].map((profile) => [
        code(profile.name),
        profile.batches,
        profile.lateProgress,
        codes(profile.shutdownMethods),
        profile.description,
      ]),
    ),
    '## A file of your own',
    `YAML or JSON. Only \`name\` has to be there. An unknown key, or a value that does not fit, ends the command with exit code 2
and one line that names the file, the line and the key.`,
    fenced('yaml', example),
    table(
      ['key', 'what it says'],
      Object.entries(profileKeys).map(([key, sentence]) => [code(key), sentence]),
    ),
  ].join('\n\n');
}
