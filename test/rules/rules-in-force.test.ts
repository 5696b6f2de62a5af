import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadRules } from '../../src/rules/load-rules.ts';
import { RulesInForce } from '../../src/rules/rules-in-force.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { KeptLog } from '../runtime/kept-log.ts';
import { folderWith } from './folder.ts';

const file = (...ids: readonly string[]): string =>
  `version: 1\nrules: [${ids.map((id) => `{ id: ${id}, do: [block: {}] }`).join(', ')}]\n`;

/** A log that tells when it is written to. */
class ListeningLog extends KeptLog {
  #heard: (() => void) | undefined;

  override info(fields: Readonly<Record<string, unknown>>, text: string): void {
    super.info(fields, text);
    this.#heard?.();
  }

  async hears(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }
}

async function inForce(text: string) {
  const path = join(folderWith({ 'rules.yaml': text }), 'rules.yaml');
  const loaded = await loadRules(path);
  if ('problems' in loaded) throw new Error('The test begins with a good file');
  const log = new ListeningLog();
  const rules = new RulesInForce({ file: path, ruleSet: loaded.ruleSet, clock: systemClock(), log });
  onTestFinished(() => rules.close());
  const ids = () => rules.engine.ruleSet.rules.map(({ id }) => id);
  return { path, rules, log, ids };
}

describe('the rules in force', () => {
  test('are loaded again when that is asked, and the difference is told', async () => {
    const { path, rules, log, ids } = await inForce(file('a', 'b'));
    rules.close();
    writeFileSync(path, file('b', 'c'));
    expect(ids()).toEqual(['a', 'b']);
    expect(await rules.reload()).toEqual([]);
    expect(ids()).toEqual(['b', 'c']);
    expect(log.lines.at(-1)).toMatchObject({
      text: 'rules loaded',
      fields: { rules: 2, added: ['c'], removed: ['a'], changed: [] },
    });
  });

  test('stay as they are when the file has mistakes, which are told', async () => {
    const { path, rules, log, ids } = await inForce(file('a'));
    rules.close();
    writeFileSync(path, 'version: 1\nrules: [{ id: b, do: [blok: {}] }]');
    expect(await rules.reload()).toMatchObject([{ line: 2, column: 23 }, {}]);
    expect(ids()).toEqual(['a']);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        fields: { problems: [expect.stringContaining("Did you mean 'block'?"), expect.any(String)] },
      },
    ]);
  });

  test('are loaded again when the file changes, also when another takes its place', async () => {
    const { path, log, ids } = await inForce(file('a'));
    const written = log.hears();
    writeFileSync(path, file('b'));
    await written;
    expect(ids()).toEqual(['b']);
    const replaced = log.hears();
    writeFileSync(`${path}.new`, file('c'));
    renameSync(`${path}.new`, path);
    await replaced;
    expect(ids()).toEqual(['c']);
  });

  test('are one version after many reloads at once: the last', async () => {
    const { path, rules, ids } = await inForce(file('a'));
    rules.close();
    const reloads = [];
    for (let n = 0; n < 20; n++) {
      writeFileSync(path, n % 3 === 0 ? 'broken: [' : file(`r${n}`));
      reloads.push(rules.reload());
    }
    await Promise.all(reloads);
    expect(ids()).toEqual(['r19']);
  });
});
