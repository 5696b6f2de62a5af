/** An issuer of tokens on this machine: signs with keys that can be changed, and counts who asks for them. */

import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, type JWK, SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';

import type { Fetch } from '../../src/auth/fetching.ts';

export const audience = 'https://mcp.example.com/mcp';
export const issuerName = 'https://issuer.example.com';

export const plainFetch: Fetch = async (url, request) => fetch(url, { ...request, redirect: 'manual' });

export interface TokenParts {
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly subject?: string | undefined;
  /** From now on, in seconds. */
  readonly expiresIn?: number;
  readonly notBeforeIn?: number;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export class Issuer {
  asked = 0;
  /** Answers with this status instead. */
  status = 200;
  readonly #server: Server;
  #keys: { readonly kid: string; readonly privateKey: CryptoKey; readonly publicKey: CryptoKey; readonly jwk: JWK }[] =
    [];
  #count = 0;

  static async open(): Promise<Issuer> {
    const issuer = new Issuer();
    await issuer.rotate();
    issuer.#server.listen(0, '127.0.0.1');
    await once(issuer.#server, 'listening');
    return issuer;
  }

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.asked += 1;
      response.writeHead(this.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: this.#keys.map(({ jwk }) => jwk) }));
    });
  }

  get jwksUrl(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`);
  }

  /** A new key; the old ones are published no longer. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const kid = `key-${++this.#count}`;
    this.#keys = [
      { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } },
    ];
  }

  async sign(parts: TokenParts = {}): Promise<string> {
    const { kid, privateKey } = this.#keys[0]!;
    return this.#token(parts).setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' }).sign(privateKey);
  }

  /** As somebody does who has the public key alone. */
  async signWithThePublicKey(): Promise<string> {
    const { kid, publicKey } = this.#keys[0]!;
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    return this.#token({}).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
  }

  /** Signed by nobody. */
  async unsigned(): Promise<string> {
    const [, payload = ''] = (await this.sign()).split('.');
    return `${Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')}.${payload}.`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #token({ expiresIn = 300, notBeforeIn, claims = {}, ...parts }: TokenParts): SignJWT {
    const now = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ ...claims })
      .setIssuedAt(now)
      .setIssuer(parts.issuer ?? issuerName)
      .setAudience(parts.audience ?? audience)
      .setExpirationTime(now + expiresIn);
    const subject = 'subject' in parts ? parts.subject : 'alice';
    if (subject !== undefined) token.setSubject(subject);
    return notBeforeIn === undefined ? token : token.setNotBefore(now + notBeforeIn);
  }
}
