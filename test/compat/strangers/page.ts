/** The page that says what strangers showed, before and after. */

import { type Finding, type PainName, pains } from './pains.ts';
import type { Stranger } from './strangers.ts';

export interface Row extends Pick<Stranger, 'name' | 'file'> {
  readonly lines: number;
  readonly findings: Readonly<Record<PainName, Finding>>;
}

export function strangersPage(rows: readonly Row[], machine: string): string {
  const tables = pains.map(({ name, id, what }) =>
    [
      `## ${id}: ${name}`,
      '',
      `${what[0]!.toUpperCase()}${what.slice(1)}.`,
      '',
      '| What is visited | Lines | | What came |',
      '| --- | --: | --- | --- |',
      ...rows.map(({ name: who, file, lines, findings }) => {
        const { isGone, words } = findings[name];
        return `| ${who} | [${lines}](../test/compat/strangers/${file}) | ${isGone ? 'well' : '**ill**'} | ${words} |`;
      }),
    ].join('\n'),
  );
  return `<!-- Written by npm run strangers. -->

# Sessions around other people's code

What an SDK's own HTTP handler and another project's proxy library do under pains that are common in production, as they are and
with sessions around them. Everything is from one run of \`npm run strangers\`, ${machine}; every row is a program that a test
keeps below 40 lines, and is linked.

There are two ways. \`wrapTransport\` puts a session between a transport and the server that is connected to it: one line, and
the transport stays. Or the server (here also the \`Server\` that \`proxyServer\` of mcp-proxy has made) is handed to \`sdkServer\`,
and \`createFetchHandler\` is its front: then the stranger's HTTP side is not used at all.

${tables.join('\n\n')}

## Where wrapping a transport cannot help

- **P4.** The HTTP transports of SDK v1 note for each id in which response it is to be answered, before anybody above them hears
  of the message. A second request under the same id takes that place: what is above the transport can refuse it, and so nobody
  reads another's answer, but the first request's response is lost to it and its client waits. Only who stands before the
  transport can prevent that.
- **P16, unread answers.** Their \`send\` resolves when a message was handed to the HTTP response, whether anybody reads that or
  not. A session above cannot know that it should stop. Before the transport, or in its place, it is told by the reader.
- A session cannot know more of a server than it says: a call that is never answered ends at its deadline, by default after
  five minutes without progress.
`;
}
