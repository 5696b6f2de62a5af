/**
 * What the client of NATS says when a server cannot be had, told to whoever runs a node: what is wrong, and what to do about it. The
 * client's own words stay at the end, for searching. Asks nobody.
 */

export interface Asked {
  readonly servers: readonly string[];
  readonly cluster: string;
  readonly replicas: number;
  /** Whoever runs it has said who asks. */
  readonly hasLogin: boolean;
}

type Advice = readonly [words: RegExp, advice: (asked: Asked) => string];

const unreachable: readonly Advice[] = [
  [
    /authorization violation|authentication/i,
    ({ hasLogin }) =>
      hasLogin
        ? 'it does not accept this login: look whether the name and the secret are those of its configuration.'
        : 'it wants a login, and none was given: name a .creds file, or write nats://USER:PASSWORD@HOST:PORT.',
  ],
  [/parse credentials/i, () => 'what was given as a .creds file is not one: make it with nsc, or copy it whole.'],
  [
    /does not support 'tls'/i,
    () => 'it speaks without TLS: write nats:// and no certificates, or give it a tls { } section.',
  ],
  [
    /certificate|altname|unable to verify/i,
    () =>
      'its certificate is not trusted here: name the certificate of who signed it, and the host as it stands in it.',
  ],
  [/refused/i, () => 'nothing listens there: start nats-server, or look at the host and the port.'],
  [/ENOTFOUND|EAI_AGAIN/, () => 'there is no host of this name.'],
  [/timeout/i, () => 'nothing there answers as a server of NATS: look at the port, and at what is between.'],
];

const tablesMissing: readonly Advice[] = [
  [
    /non-clustered mode|no suitable peers|insufficient.*peers/i,
    ({ replicas }) =>
      `there are to be ${replicas} copies of each table, and fewer servers: run ${replicas} of them as one cluster, or ask for 1 copy.`,
  ],
  [
    /not enabled for account/i,
    () => 'JetStream is off for the account of this login: write `jetstream: enabled` into that account.',
  ],
  [
    /insufficient.*(storage|resources)|maximum.*streams/i,
    () => 'the server has no room for them: raise max_file_store.',
  ],
  [
    /permissions violation/i,
    ({ cluster }) =>
      `this login may not do it: allow it to publish and to subscribe to \`${cluster}.>\`, \`$JS.>\`, \`$KV.>\` and \`_INBOX.>\`.`,
  ],
  [
    /timeout|no responders/i,
    () => 'JetStream does not answer: look whether the servers of the cluster see each other.',
  ],
];

export function whyUnreachable(said: string, asked: Asked): string {
  return sentence(
    `No server of ${asked.servers.map(withoutLogin).join(', ')} can be reached`,
    unreachable,
    said,
    asked,
  );
}

export function whyNoTables(said: string, asked: Asked): string {
  return sentence('The tables of the cluster cannot be had', tablesMissing, said, asked);
}

function sentence(problem: string, known: readonly Advice[], said: string, asked: Asked): string {
  const advice = known.find(([words]) => words.test(said))?.[1];
  return advice === undefined ? `${problem}: ${said}` : `${problem}: ${advice(asked)} (${said})`;
}

function withoutLogin(server: string): string {
  return server.replace(/\/\/[^@/]*@/, '//');
}
