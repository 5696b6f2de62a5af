/** The server of SDK v2 as a child process. */

import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { newServerV2 } from './servers.ts';

await newServerV2(() => process.kill(process.pid, 'SIGKILL')).connect(new StdioServerTransport());
