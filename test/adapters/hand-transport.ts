/** A transport in the hands of a test: what it was given, and how it takes that. */

import type { SdkTransport } from '../../src/adapters/sdk-shape.ts';

export class HandTransport implements SdkTransport {
  onmessage?: SdkTransport['onmessage'];
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  readonly sent: { readonly message: object; readonly options: object | undefined }[] = [];
  readonly told: unknown[] = [];
  sessionId: string | undefined = undefined;
  hasPerRequestStream = false;
  answer: (message: object) => Promise<void> = () => Promise.resolve();
  startsWith: () => Promise<void> = () => Promise.resolve();

  start(): Promise<void> {
    this.told.push('start');
    return this.startsWith();
  }
  send(message: object, options?: object): Promise<void> {
    this.sent.push({ message, options });
    return this.answer(message);
  }
  async close(): Promise<void> {
    this.told.push('close');
    this.onclose?.();
  }
  setProtocolVersion(version: string): void {
    this.told.push(version);
  }
  setSupportedProtocolVersions(versions: string[]): void {
    this.told.push(versions);
  }
}
