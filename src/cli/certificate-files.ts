/** The certificate of a front as its files have it: looked at again when one of them changes. A broken pair changes nothing. */

import { FileWatch } from '../file-watch.ts';
import type { Log } from '../ports.ts';
import type { Certificate } from '../transports/tls-certificate.ts';
import { textOf } from './server-flags.ts';

/** PEM texts, and the files that they stand in. */
export interface CertificateInFiles extends Certificate {
  readonly files: Readonly<Record<keyof Certificate, string>>;
}

/** Either may be what is wrong. */
export function readCertificate(files: CertificateInFiles['files']): CertificateInFiles | { readonly problem: string } {
  const cert = textOf(files.cert);
  if ('problem' in cert) return { problem: `--tls-cert ${cert.problem}` };
  const key = textOf(files.key);
  if ('problem' in key) return { problem: `--tls-key ${key.problem}` };
  return { cert: cert.text, key: key.text, files };
}

/**
 * Renews the certificate for as long as the process runs, or until the returned function is called.
 * @param renew puts a certificate in the place of the present one, or says what is wrong with it.
 */
export function keepCertificate(
  { cert, key, files }: CertificateInFiles,
  renew: (certificate: Certificate) => string | undefined,
  log: Log,
): () => void {
  let present: Certificate = { cert, key };
  const look = (): void => {
    const read = readCertificate(files);
    if ('cert' in read && read.cert === present.cert && read.key === present.key) return;
    const problem = 'problem' in read ? read.problem : renew(read);
    if (problem !== undefined || 'problem' in read) {
      log.error({ reason: problem }, 'the certificate is as it was: its files cannot be used');
      return;
    }
    present = read;
    log.info({ file: files.cert }, 'certificate renewed');
  };
  const watches = Object.values(files).map((file) => new FileWatch({ file, onChange: look }));
  return () => watches.forEach((watch) => watch.close());
}
