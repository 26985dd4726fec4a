import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A certificate and its key, as paths of PEM files. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

export interface TestCertificates {
  /** Signed both others. */
  readonly ca: CertificatePair;
  /** For the name `temporal.test`, and for no address. */
  readonly server: CertificatePair;
  readonly client: CertificatePair;
}

export const SERVER_NAME = 'temporal.test';

/** Makes an authority with a server's and a client's certificate, valid for a day. */
export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const ca = { cert: join(folder, 'ca.pem'), key: join(folder, 'ca.key') };
  await openssl([
    'req',
    '-x509',
    ...NEW_KEY,
    '-keyout',
    ca.key,
    '-out',
    ca.cert,
    '-days',
    '1',
    '-subj',
    '/CN=test authority',
  ]);
  const sign = async (name: string, extension: string): Promise<CertificatePair> => {
    const pair = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    const request = join(folder, `${name}.csr`);
    const extensions = join(folder, `${name}.ext`);
    await writeFile(extensions, extension);
    await openssl(['req', ...NEW_KEY, '-keyout', pair.key, '-out', request, '-subj', `/CN=${name}`]);
    const signing = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '1', '-extfile', extensions];
    await openssl(['x509', '-req', '-in', request, '-out', pair.cert, ...signing]);
    return pair;
  };
  const server = await sign('server', `subjectAltName=DNS:${SERVER_NAME}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  return { ca, server, client: await sign('client', 'extendedKeyUsage=clientAuth\n') };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function openssl(args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args);
}
