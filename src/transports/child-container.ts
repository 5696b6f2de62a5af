/**
 * Recognises a command line that runs its server in a container (`docker run` and its like), and says how that container is
 * killed. Killing the client of a container leaves the container running: nothing of it is in the client's process group.
 * Knows command lines only; what is started, and when, is decided elsewhere.
 */

export interface ContainerRun {
  /** The client's arguments, with a name for the container where they gave it none. */
  readonly args: readonly string[];
  /** Arguments for the same program that kill the container. */
  readonly killArgs: readonly string[];
  /** The name is new, so that nobody else's container has it. */
  readonly isNewName: boolean;
}

const clients = /^(?:docker|nerdctl|podman|podman-remote)(?:\.(?:bat|cmd|exe))?$/i;

/** Options without a value, of all clients: before the subcommand, and after it. All others take one. */
const clientSwitches = switchesOf(
  'D h r v debug debug-full experimental help insecure-registry kube-hide-dupe remote syslog tls tlsverify transient-store version',
);
const runSwitches = switchesOf(
  `P d h i q t detach disable-content-trust env-host help http-proxy init insecure-registry interactive no-healthcheck
  no-hostname no-hosts oom-kill-disable passwd privileged publish-all quiet read-only read-only-tmpfs replace rm rmi rootfs
  sig-proxy tls-verify tty unsetenv-all use-api-socket`,
);

/**
 * @param newName a name that no container has. It is a name and no `--cidfile`, because a client may see another file system
 * than we do, as Docker from a snap has a /tmp of its own, and then would not start at all.
 * @returns undefined for every other command line, and for a container that is to outlive its client (`--detach`).
 */
export function containerRun(
  command: string,
  args: readonly string[],
  newName: () => string,
): ContainerRun | undefined {
  if (!clients.test(command.split(/[/\\]/).at(-1)!)) return undefined;
  const atCommand = optionsFrom(0, args, clientSwitches).end;
  const atRun = args[atCommand] === 'container' ? atCommand + 1 : atCommand;
  if (args[atRun] !== 'run') return undefined;
  const { given } = optionsFrom(atRun + 1, args, runSwitches);
  if (isOn(given.get('d')) || isOn(given.get('detach'))) return undefined;

  const ownName = given.get('name');
  const name = ownName ?? newName();
  return {
    args: ownName === undefined ? [...args.slice(0, atRun + 1), '--name', name, ...args.slice(atRun + 1)] : args,
    killArgs: [...args.slice(0, atCommand), 'kill', name],
    isNewName: ownName === undefined,
  };
}

interface Options {
  /** By name, without dashes; the last one counts. */
  readonly given: ReadonlyMap<string, string>;
  /** Where the options end: the subcommand, or the image. */
  readonly end: number;
}

function optionsFrom(start: number, args: readonly string[], switches: ReadonlySet<string>): Options {
  const given = new Map<string, string>();
  let at = start;
  for (let word = args[at]; word?.startsWith('-') === true && word !== '-'; word = args[at]) {
    at += 1;
    if (word === '--') break;
    const { name, value } = word.startsWith('--') ? longOption(word) : lastOfCluster(word, switches, given);
    if (value !== undefined) given.set(name, value);
    else if (switches.has(name)) given.set(name, 'true');
    else {
      given.set(name, args[at] ?? '');
      at += 1;
    }
  }
  return { given, end: at };
}

interface Option {
  readonly name: string;
  /** Undefined when it is not in the same word. */
  readonly value: string | undefined;
}

function longOption(word: string): Option {
  const [, name = '', value] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  return { name, value };
}

/** `-it` is two switches, `-ieNAME` is a switch and a value. Notes all but the last, which may have its value in the next word. */
function lastOfCluster(word: string, switches: ReadonlySet<string>, given: Map<string, string>): Option {
  for (let at = 1; at < word.length - 1; at += 1) {
    const name = word[at]!;
    const rest = word.slice(at + 1);
    if (rest.startsWith('=')) return { name, value: rest.slice(1) };
    if (!switches.has(name)) return { name, value: rest };
    given.set(name, 'true');
  }
  return { name: word.at(-1)!, value: undefined };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:1|t|true)$/i.test(value);
}

function switchesOf(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/));
}
