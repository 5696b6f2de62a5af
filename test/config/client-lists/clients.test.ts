import { describe, expect, test } from 'vitest';
import { clientListCalled, clientLists } from '../../../src/config/client-lists/clients.ts';

const places = {
  linux: { platform: 'linux', home: '/home/ann', environment: {} },
  mac: { platform: 'darwin', home: '/Users/ann', environment: {} },
  windows: { platform: 'win32', home: 'C:\\Users\\ann', environment: { APPDATA: 'C:\\Users\\ann\\AppData\\Roaming' } },
} as const;

describe('where clients keep their servers', () => {
  test.each([
    ['claude-desktop', 'linux', '/home/ann/.config/Claude/claude_desktop_config.json'],
    ['claude-desktop', 'mac', '/Users/ann/Library/Application Support/Claude/claude_desktop_config.json'],
    ['claude-desktop', 'windows', 'C:\\Users\\ann\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
    ['claude-code', 'linux', '/home/ann/.claude.json'],
    ['claude-code', 'windows', 'C:\\Users\\ann\\.claude.json'],
    ['cursor', 'mac', '/Users/ann/.cursor/mcp.json'],
    ['cursor', 'windows', 'C:\\Users\\ann\\.cursor\\mcp.json'],
    ['vscode', 'linux', '/home/ann/.config/Code/User/mcp.json'],
    ['vscode', 'mac', '/Users/ann/Library/Application Support/Code/User/mcp.json'],
    ['vscode', 'windows', 'C:\\Users\\ann\\AppData\\Roaming\\Code\\User\\mcp.json'],
    ['vscode-insiders', 'linux', '/home/ann/.config/Code - Insiders/User/mcp.json'],
    ['windsurf', 'linux', '/home/ann/.codeium/windsurf/mcp_config.json'],
  ] as const)('%s on %s: %s', (name, system, file) => {
    expect(clientListCalled(name)?.file(places[system])).toBe(file);
  });

  test('follows the folders that the environment names', () => {
    const { linux } = places;
    const moved = { ...linux, environment: { XDG_CONFIG_HOME: '/etc/ann', CLAUDE_CONFIG_DIR: '/srv/claude' } };
    expect(clientListCalled('vscode')?.file(moved)).toBe('/etc/ann/Code/User/mcp.json');
    expect(clientListCalled('claude-code')?.file(moved)).toBe('/srv/claude/.claude.json');
    const relative = { ...linux, environment: { XDG_CONFIG_HOME: 'etc' } };
    expect(clientListCalled('vscode')?.file(relative)).toBe('/home/ann/.config/Code/User/mcp.json');
  });

  test('Claude Code has a list for its user and one for each folder', () => {
    expect(clientListCalled('claude-code')?.lists('/work')).toEqual([
      ['mcpServers'],
      ['projects', '/work', 'mcpServers'],
    ]);
  });
});

test('clients are found by the names that people type, and names are not given twice', () => {
  expect(clientListCalled('claude')?.title).toBe('Claude Desktop');
  expect(clientListCalled('code')?.title).toBe('VS Code');
  expect(clientListCalled('toString')).toBeUndefined();
  expect(new Set(clientLists.map(({ name }) => name)).size).toBe(clientLists.length);
});
