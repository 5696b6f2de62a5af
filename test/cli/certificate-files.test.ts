import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepCertificate, readCertificate } from '../../src/cli/certificate-files.ts';
import type { Certificate } from '../../src/transports/tls-certificate.ts';
import { folderWith } from '../rules/folder.ts';
import { KeptLog } from '../runtime/kept-log.ts';

/** A pair of files, and what is offered to the front when they change: a certificate whose text is `bad` is not taken. */
function kept() {
  const folder = folderWith({ 'cert.pem': 'one', 'key.pem': 'key' });
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const read = readCertificate(files);
  if ('problem' in read) throw new Error(read.problem);
  const log = new KeptLog();
  const offered: Certificate[] = [];
  let heard = (): void => {};
  const renew = (certificate: Certificate): string | undefined => {
    offered.push(certificate);
    heard();
    return certificate.cert === 'bad' ? 'it is bad' : undefined;
  };
  onTestFinished(keepCertificate(read, renew, log));
  const changed = async (text: string): Promise<void> => {
    const isOffered = new Promise<void>((resolve) => (heard = resolve));
    writeFileSync(files.cert, text);
    await isOffered;
  };
  return { files, log, offered, changed };
}

test('a certificate is renewed when its file changes, and a broken one is told and changes nothing', async () => {
  const { log, offered, changed } = kept();
  await changed('another');
  await changed('bad');
  await changed('a third');
  expect(offered.map(({ cert, key }) => [cert, key])).toEqual([
    ['another', 'key'],
    ['bad', 'key'],
    ['a third', 'key'],
  ]);
  expect(log.lines).toMatchObject([
    { level: 'info', text: 'certificate renewed' },
    { level: 'error', fields: { reason: 'it is bad' } },
    { level: 'info', text: 'certificate renewed' },
  ]);
});

test('a file that is not there is a problem of its flag', () => {
  const { files } = kept();
  rmSync(files.key);
  expect(readCertificate(files)).toEqual({
    problem: expect.stringContaining(`--tls-key ${files.key} cannot be read`) as string,
  });
});
