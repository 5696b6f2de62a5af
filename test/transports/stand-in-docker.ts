/** A `docker` for tests, as a program in a folder that can stand in PATH: see test/fixtures/docker-stand-in.mjs. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const standIn = fileURLToPath(new URL('../fixtures/docker-stand-in.mjs', import.meta.url));

/** Sets up an engine without containers. What runs in it when the test has finished is killed. */
export function standInDocker() {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-docker-'));
  const program = join(folder, 'docker');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${standIn}' "$@"\n`, { mode: 0o755 });
  const engine = mkdtempSync(join(folder, 'engine-'));
  const containers = (): readonly string[] => readdirSync(engine).filter((name) => name !== '.kills');
  const kills = join(engine, '.kills');
  onTestFinished(() => {
    for (const name of containers()) killGroup(Number(readFileSync(join(engine, name), 'utf8')));
    rmSync(folder, { recursive: true });
  });
  return {
    program,
    /** For the environment of whoever starts `docker`. */
    env: { PATH: `${folder}${delimiter}${process.env['PATH']}`, STAND_IN_ENGINE: engine },
    /** The names of the containers that run. */
    containers,
    /** The names of the containers that were to be killed, in the order in which that was asked for. */
    kills: (): readonly string[] => (existsSync(kills) ? readFileSync(kills, 'utf8').trim().split('\n') : []),
  };
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Gone already, or a name that somebody keeps for itself.
  }
}
