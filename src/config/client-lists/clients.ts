/**
 * The clients whose server lists we can edit, as data: where each keeps its list on each system, and by which names. Knows paths
 * and keys, and opens nothing.
 */

import { posix, win32 } from 'node:path';

/** A list of servers inside a file: the member names that lead to it. */
export type ListPath = readonly string[];

export interface ClientList {
  /** What is typed: `ninelives wrap cursor`. */
  readonly name: string;
  /** Its own name, for people. */
  readonly title: string;
  /** Where its user keeps servers for all projects. */
  file(place: Place): string;
  /** The lists in that file; those of a project are told by the folder that the command runs in. */
  lists(folder: string): readonly ListPath[];
  /** A file of a project, which others may share. It is edited only where somebody names it. */
  readonly projectFile: string | undefined;
  /** What makes it read its list again. */
  readonly restart: string;
}

/** This system, as far as paths depend on it. */
export interface Place {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** Application data of a user: `~/Library/Application Support`, `%APPDATA%`, `~/.config`. */
function dataFolder({ platform, home, environment }: Place): string {
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support');
  if (platform === 'win32') return environment['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
  const own = environment['XDG_CONFIG_HOME'];
  return own !== undefined && posix.isAbsolute(own) ? own : posix.join(home, '.config');
}

function join(place: Place, ...parts: readonly string[]): string {
  return (place.platform === 'win32' ? win32 : posix).join(...parts);
}

const underMcpServers = (): readonly ListPath[] => [['mcpServers']];

function vsCode(name: string, title: string, folder: string): ClientList {
  return {
    name,
    title,
    // https://code.visualstudio.com/docs/agents/reference/mcp-configuration: mcp.json in the user profile, under "servers".
    file: (place) => join(place, dataFolder(place), folder, 'User', 'mcp.json'),
    // In its own form; in the one that other programs read, too (.mcp.json); and where older releases kept it (settings.json).
    lists: () => [['servers'], ['mcpServers'], ['mcp', 'servers']],
    projectFile: '.vscode/mcp.json',
    restart: `Restart the servers in ${title}: the command "MCP: List Servers".`,
  };
}

export const clientLists: readonly ClientList[] = [
  {
    name: 'claude-desktop',
    title: 'Claude Desktop',
    // https://modelcontextprotocol.io/docs/develop/connect-local-servers; on Linux the place that builds for it use.
    file: (place) => join(place, dataFolder(place), 'Claude', 'claude_desktop_config.json'),
    lists: underMcpServers,
    projectFile: undefined,
    restart: 'Quit Claude Desktop and start it again: closing its window is not enough.',
  },
  {
    name: 'claude-code',
    title: 'Claude Code',
    // https://code.claude.com/docs/en/mcp: ~/.claude.json, for the user at its top and for one folder under "projects".
    file: (place) => join(place, place.environment['CLAUDE_CONFIG_DIR'] ?? place.home, '.claude.json'),
    lists: (folder) => [['mcpServers'], ['projects', folder, 'mcpServers']],
    projectFile: '.mcp.json',
    restart: 'Sessions of Claude Code that begin from now on use it.',
  },
  {
    name: 'cursor',
    title: 'Cursor',
    // https://cursor.com/docs/mcp
    file: (place) => join(place, place.home, '.cursor', 'mcp.json'),
    lists: underMcpServers,
    projectFile: '.cursor/mcp.json',
    restart: 'Restart Cursor, or switch the servers off and on in its settings.',
  },
  vsCode('vscode', 'VS Code', 'Code'),
  vsCode('vscode-insiders', 'VS Code Insiders', 'Code - Insiders'),
  {
    name: 'windsurf',
    title: 'Windsurf',
    // https://docs.windsurf.com/windsurf/cascade/mcp
    file: (place) => join(place, place.home, '.codeium', 'windsurf', 'mcp_config.json'),
    lists: underMcpServers,
    projectFile: undefined,
    restart: 'Refresh the servers in the MCP panel of Windsurf.',
  },
];

/** Names that people type for the same. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['claude', 'claude-desktop'],
  ['code', 'vscode'],
]);

export function clientListCalled(name: string): ClientList | undefined {
  return clientLists.find((client) => client.name === (otherNames.get(name) ?? name));
}
