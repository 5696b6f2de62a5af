/**
 * What is known of another proxy's command line: its flags as data, what becomes of each here, and how what was said makes a
 * command line of ours. The proxies themselves have a file each; nothing here knows their names.
 */

/**
 * What becomes of a flag: a flag of ours does the same; it is done, and not quite in the same way; nothing needs to be said for it
 * here; or nothing here does it, and to leave it out would be wrong.
 */
export type Fate = 'same' | 'otherwise' | 'needless' | 'refused';

export interface PeerFlag {
  /** As its documentation spells it. */
  readonly name: string;
  readonly also?: readonly string[];
  /** What it takes, in a word; absent: nothing. */
  readonly value?: string;
  /** How many words that is: one unless it is said, two, or all that follow up to the next flag. */
  readonly takes?: 'pair' | 'many';
  /** Whether it may be said several times, and each counts. */
  readonly isRepeated?: boolean;
  readonly fate: Fate;
  /** Its value is that of the flag of ours that `here` begins with: text, a number, or seconds that become milliseconds. */
  readonly passes?: 'text' | 'number' | 'seconds';
  /** What stands for it in a command line of ours. */
  readonly here?: string;
  /** A sentence: how it differs, why nothing is needed, what to do instead. */
  readonly says?: string;
}

/** A command line of a peer, as its flags were read. */
export interface Said {
  is(flag: string): boolean;
  /** The last value that was given; undefined without. */
  one(flag: string): string | undefined;
  /** Every value that was given, in order. */
  all(flag: string): readonly string[];
  /** What is no flag, before `--`. */
  readonly words: readonly string[];
  /** What follows `--`; undefined without. */
  readonly rest: readonly string[] | undefined;
}

/** What a plan may ask of the machine. */
export interface PeerWorld {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** @throws what the system says. */
  readonly readText: (file: string) => string;
}

/** What is to be run instead. */
export interface Plan {
  /** What follows `ninelives`. */
  readonly words: readonly string[];
  /** Set before it runs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it runs; undefined: here. */
  readonly folder: string | undefined;
  /** What is different, and has to be known. */
  readonly remarks: readonly string[];
  /** Why it cannot be run, with what to do about it. */
  readonly problems: readonly string[];
}

export interface Peer {
  /** How its command is called. */
  readonly name: string;
  /** Which program that is, since names are taken twice. */
  readonly title: string;
  readonly flags: readonly PeerFlag[];
  /** Whether `--eventStore`, `--event-store` and `--no-event-store` are one flag to it. */
  readonly isCamel: boolean;
  /** Whether its first word that is no flag begins the command of a server, whose the rest is. */
  readonly endsAtCommand: boolean;
  /** What the environment says with a prefix, as if it stood in front of the flags. */
  readonly environmentPrefix?: string;
  /** What is different here when nothing is said about it. */
  readonly usually: readonly string[];
  plan(said: Said, world: PeerWorld): Plan;
}
