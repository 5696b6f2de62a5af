/** Visits every stranger, holds it to what it is said to show, and writes docs/embedding-strangers.md. */

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { format, resolveConfig } from 'prettier';
import { afterAll, describe, expect, test } from 'vitest';
import { type Row, strangersPage } from './page.ts';
import { type Finding, type PainName, pains } from './pains.ts';
import { strangers } from './strangers.ts';

const page = 'docs/embedding-strangers.md';
const rows: Row[] = [];

describe.each(strangers)('$file: $name', ({ name, file, shows, start }) => {
  const findings: Partial<Record<PainName, Finding>> = {};
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n').length;
  rows.push({ name, file, lines, findings: findings as Row['findings'] });

  test.each(pains)('$id $name', async ({ name: pain, visit }) => {
    const { port, stop } = await start();
    try {
      findings[pain] = await visit(port);
    } finally {
      await stop();
    }
    process.stdout.write(`${file}, ${pain}: ${findings[pain].words}\n`);
    expect(findings[pain].isGone).toBe(!shows.includes(pain));
  });
});

afterAll(async () => {
  if (rows.some(({ findings }) => Object.keys(findings).length < pains.length)) return;
  const machine = `Node ${process.versions.node} on ${cpus().length} cores`;
  writeFileSync(
    page,
    await format(strangersPage(rows, machine), { ...(await resolveConfig(page)), parser: 'markdown' }),
  );
});
