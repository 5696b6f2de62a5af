/** What is used of the library `mcp-proxy`, which only `npm run strangers` installs. */
declare module 'mcp-proxy' {
  export function startHTTPServer(options: {
    readonly createServer: () => Promise<object>;
    readonly host: string;
    readonly port: number;
    readonly sseEndpoint: null;
    readonly eventStore: false;
  }): Promise<{ close(): Promise<void> }>;
  export function proxyServer(options: {
    readonly client: object;
    readonly server: object;
    readonly serverCapabilities: object;
  }): Promise<void>;
}
