import { expect, test } from 'vitest';
import { realTarget } from '../../../src/testing/targets/real-target.ts';
import { surveyProxy, surveyServer } from '../../../src/testing/verify/survey.ts';
import { ninelives, scripted } from '../../e2e/program.ts';

const era = 'session';

test('of a server is found out what it offers', async () => {
  const offer = await surveyServer(realTarget({ kind: 'server', era, command: scripted() }));
  expect(offer.capabilities).toContain('tools');
  expect(offer.tools.map(({ name }) => name)).toContain('echo');
});

test('of a proxy is found out whether its clients share a server', async () => {
  const front = ['--listen', '127.0.0.1:{port}', '--', '{server}'];
  const survey = async (...flags: readonly string[]) =>
    surveyProxy(realTarget({ kind: 'proxy', era, command: ninelives('forward', 'http', ...flags, ...front) }));
  expect(await survey()).toEqual({ sharesServers: false });
  expect(await survey('--share', 'shared')).toEqual({ sharesServers: true });
});

test('who does not shake hands is not tested, and what it said is told', async () => {
  const command = [process.execPath, '-e', 'console.error("no licence"); process.exit(1)'];
  await expect(surveyServer(realTarget({ kind: 'server', era, command }))).rejects.toThrow(
    /to initialize it said nothing\n.*\n {2}no licence/,
  );
});
