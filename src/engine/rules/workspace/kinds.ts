// Files that tools act on by themselves: editors and shells when a folder is opened or entered, git, build servers, coding agents.
// Told by where they lie and how they are called; each group names the tools whose documentation says so.

export interface WorkspaceKind {
  /** Completes 'a file that …'. */
  readonly what: string;
  /** `runs`: starts commands by itself. `builds`: starts them where a project is built, as downloads of tools are. `tells`: instructions for agents. */
  readonly does: 'runs' | 'builds' | 'tells';
}

const KINDS: readonly (readonly [name: RegExp, kind: WorkspaceKind])[] = [
  // direnv, VS Code, dev containers, Gitpod, Replit, JetBrains, Zed, Emacs, Vim, gdb, R, tmuxinator, nix-shell.
  [/(?:^|[/!])(?:\.envrc|\.vscode\/(?:tasks|launch|settings)\.json|[^/!]{1,80}\.code-workspace|\.devcontainer(?:\/[^!]{0,80})?\/?devcontainer\.json|\.devcontainer\.json|\.gitpod\.ya?ml|\.replit|\.idea\/runConfigurations\/[^/!]{1,80}\.xml|\.zed\/(?:tasks|settings)\.json|\.dir-locals\.el|\.exrc|\.nvimrc|\.nvim\.lua|\.gdbinit|\.lldbinit|\.Rprofile|\.tmuxinator\.ya?ml|shell\.nix|flake\.nix)$/, { what: 'tools run when the folder is opened or entered', does: 'runs' }],
  // A home's own files: they have no place in a model.
  [/(?:^|[/!])\.(?:bashrc|bash_profile|bash_logout|profile|zshrc|zshenv|zprofile|npmrc|yarnrc(?:\.yml)?|pypirc|curlrc|wgetrc|netrc)$|(?:^|[/!])(?:pip\.conf|pip\.ini)$/, { what: 'shells and installers read by themselves', does: 'runs' }],
  // git, husky, lefthook, pre-commit.
  [/(?:^|[/!])(?:\.git\/hooks\/(?![^/!]{1,60}\.sample$)[^/!]{1,80}|\.git\/config|\.gitconfig|\.githooks\/[^/!]{1,80}|\.husky\/[^!]{1,80}|\.?lefthook\.ya?ml|\.pre-commit-config\.yaml)$/, { what: 'git runs', does: 'runs' }],
  // MCP servers and hooks: Claude Code, Cursor, VS Code, Windsurf, Gemini, Codex, Continue.
  [/(?:^|[/!])(?:\.?mcp\.json|mcp[_-](?:config|settings)\.json|claude_desktop_config\.json|\.claude\/settings(?:\.local)?\.json|\.claude-plugin\/[^/!]{1,80}\.json|hooks\/hooks\.json|\.gemini\/settings\.json|\.codex\/config\.toml|\.continue\/[^!]{1,80}\.(?:json|ya?ml)|opencode\.jsonc?)$/, { what: 'coding agents start programs by', does: 'runs' }],
  [/(?:^|[/!])(?:\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/[^!]{1,120}\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.yml|\.travis\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|Jenkinsfile|\.drone\.yml|\.woodpecker(?:\/[^!]{1,80})?\.ya?ml|appveyor\.yml|cloudbuild\.ya?ml|Vagrantfile|Tiltfile)$/, { what: 'build servers run', does: 'builds' }],
  // AGENTS.md (agents.md), Claude Code, Gemini, Cursor, Windsurf, Cline, Roo, Copilot, Aider, Junie, Goose.
  [/(?:^|[/!])(?:AGENTS?|CLAUDE|GEMINI|COPILOT|QWEN|SKILL|CONVENTIONS)(?:\.local|\.override)?\.md$|(?:^|[/!])\.(?:cursor|windsurf|cline|roo|kilocode)rules(?:[-/.][^!]{1,80})?$|(?:^|[/!])\.(?:cursor|windsurf|clinerules|roo|continue|augment|kiro|trae|amazonq)\/(?:[^!]{0,80}\/)?(?:rules|prompts|steering|commands|agents|skills)\/[^!]{1,120}\.(?:md|mdc|txt)$|(?:^|[/!])\.(?:claude|codex|gemini|opencode)\/(?:commands|agents|skills|prompts|rules)\/[^!]{1,120}\.md$|(?:^|[/!])\.github\/(?:copilot-instructions\.md|(?:instructions|prompts|chatmodes|agents)\/[^!]{1,120}\.md)$|(?:^|[/!])(?:\.goosehints|\.junie\/guidelines\.md|llms(?:-full)?\.txt)$/i, { what: 'coding agents follow', does: 'tells' }],
];

export function workspaceKind(path: string): WorkspaceKind | undefined {
  return KINDS.find(([name]) => name.test(path))?.[1];
}
