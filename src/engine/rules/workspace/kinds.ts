// Files that tools act on by themselves: editors and shells when a folder is opened or entered, git, build servers, builds, coding
// agents. Told by where they lie and how they are called; each group names the tools whose documentation says so.

export interface WorkspaceKind {
  /** Completes 'a file that …'. */
  readonly what: string;
  /**
   * `runs`: starts commands by itself. `builds`: starts them where a project is built or checked, as downloads of tools are.
   * `compiles`: the same, where nothing is fetched and run as a rule. `contains`: describes containers. `tells`: instructions for agents.
   */
  readonly does: 'runs' | 'builds' | 'compiles' | 'contains' | 'tells';
  /** Lies about in ordinary projects: told only where it holds something. */
  readonly usual?: true;
  /** Texts of commands stand in separate strings. */
  readonly statements?: '//' | '#';
}

const KINDS: readonly (readonly [name: RegExp, kind: WorkspaceKind])[] = [
  [/(?:^|[/!])(?:\.vscode\/settings\.json|\.zed\/settings\.json|\.git\/config)$/, { what: 'tools read when the folder is opened', does: 'runs', usual: true }],
  // direnv, VS Code, dev containers, Gitpod, Replit, JetBrains, Zed, Emacs, Vim, gdb, R, tmuxinator, nix-shell, mise, devbox, screen, tmux.
  [/(?:^|[/!])(?:\.envrc|\.vscode\/(?:tasks|launch)\.json|[^/!]{1,80}\.code-workspace|\.devcontainer(?:\/[^!]{0,80})?\/?devcontainer\.json|\.devcontainer\.json|\.gitpod\.ya?ml|\.replit|\.idea\/(?:runConfigurations\/[^/!]{1,80}|workspace|watcherTasks|externalDependencies|tools\/[^/!]{1,80})\.xml|\.zed\/tasks\.json|[^/!]{1,80}\.sublime-project|\.dir-locals\.el|\.exrc|\.l?vimrc|\.nvimrc|\.nvim\.lua|\.gdbinit|\.lldbinit|\.Rprofile|\.tmuxinator\.ya?ml|\.tmux\.conf|\.screenrc|shell\.nix|flake\.nix|devenv\.nix|devbox\.json|\.?mise(?:\.local|\.\w{1,20})?\.toml|\.config\/mise(?:\/config)?\.toml|\.?rtx\.toml|\.autoenv(?:\.zsh)?)$/, { what: 'tools run when the folder is opened or entered', does: 'runs' }],
  // A home's own files: they have no place in a model.
  [/(?:^|[/!])\.(?:bashrc|bash_profile|bash_logout|profile|zshrc|zshenv|zprofile|npmrc|yarnrc(?:\.yml)?|pypirc|curlrc|wgetrc|netrc)$|(?:^|[/!])(?:pip\.conf|pip\.ini)$/, { what: 'shells and installers read by themselves', does: 'runs' }],
  // systemd, launchd, cron, supervisor, autostart.
  [/\.(?:service|timer|crontab)$|(?:^|[/!])(?:crontab|cron\.d\/[^/!]{1,80}|supervisord?\.conf|Library\/Launch(?:Agents|Daemons)\/[^/!]{1,80}\.plist)$/, { what: 'a system starts programs by', does: 'runs' }],
  // git, husky, lefthook, pre-commit.
  [/(?:^|[/!])(?:\.git\/hooks\/(?![^/!]{1,60}\.sample$)[^/!]{1,80}|\.gitconfig|\.githooks\/[^/!]{1,80}|\.husky\/[^!]{1,80}|\.?lefthook\.ya?ml|\.pre-commit-config\.yaml)$/, { what: 'git runs', does: 'runs' }],
  // MCP servers and hooks: Claude Code, Cursor, VS Code, Windsurf, Gemini, Codex, Copilot, Kiro, Continue, Roo.
  [/(?:^|[/!])(?:\.?mcp\.json|mcp[_-](?:config|settings)\.json|claude_desktop_config\.json|\.claude\/settings(?:\.local)?\.json|\.claude-plugin\/[^/!]{1,80}\.json|hooks\/hooks\.json|\.(?:cursor|windsurf|codex|cline|roo|factory|augment)\/hooks\.json|\.github\/hooks\/[^/!]{1,80}\.json|\.kiro\/(?:hooks|settings)\/[^/!]{1,80}\.(?:json|kiro\.hook)|\.amazonq\/(?:cli-)?agents\/[^/!]{1,80}\.json|\.gemini\/settings\.json|\.qwen\/settings\.json|\.codex\/config\.toml|\.continue\/[^!]{1,80}\.(?:json|ya?ml)|opencode\.jsonc?|crush\.json)$/, { what: 'coding agents start programs by', does: 'runs' }],
  [/(?:^|[/!])(?:\.(?:github|gitea|forgejo)\/(?:workflows|actions)\/[^!]{1,120}\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.yml|\.travis\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|Jenkinsfile|\.drone\.yml|\.woodpecker(?:\/[^!]{1,80})?\.ya?ml|appveyor\.yml|cloudbuild\.ya?ml|Vagrantfile|Tiltfile)$/, { what: 'build servers run', does: 'builds' }],
  // make, just, task, Docker.
  [/(?:^|[/!])(?:(?:GNU)?makefile(?:\.[\w-]{1,40})?|\.?justfile|taskfile\.ya?ml|(?:dockerfile|containerfile)(?:[.-][\w.-]{1,60})?|procfile)$|\.(?:mk|just|dockerfile)$/i, { what: 'builds run', does: 'builds', usual: true }],
  [/(?:^|[/!])(?:CMakeLists\.txt|meson\.build)$|\.cmake$/i, { what: 'builds run', does: 'compiles', usual: true, statements: '#' }],
  [/(?:^|[/!])build\.rs$|\.gradle(?:\.kts)?$/, { what: 'builds run', does: 'compiles', usual: true, statements: '//' }],
  [/(?:^|[/!])(?:package|composer|deno)\.jsonc?$|(?:^|[/!])(?:binding\.gyp|Rakefile|Gemfile|BUILD\.bazel|WORKSPACE(?:\.bazel)?|SConstruct|configure\.ac)$/, { what: 'builds run', does: 'compiles', usual: true }],
  [/(?:^|[/!])\.cargo\/config(?:\.toml)?$/, { what: 'Cargo starts programs by', does: 'compiles' }],
  [/(?:^|[/!])(?:docker-|podman-)?compose(?:[.-][\w.-]{1,60})?\.ya?ml$/i, { what: 'containers are started by', does: 'contains', usual: true }],
  // AGENTS.md (agents.md), Claude Code, Gemini, Cursor, Windsurf, Cline, Roo, Copilot, Aider, Junie, Goose.
  [/(?:^|[/!])(?:AGENTS?|CLAUDE|GEMINI|COPILOT|QWEN|SKILL|CONVENTIONS)(?:\.local|\.override)?\.md$|(?:^|[/!])\.(?:cursor|windsurf|cline|roo|kilocode)rules(?:[-/.][^!]{1,80})?$|(?:^|[/!])\.(?:cursor|windsurf|clinerules|roo|continue|augment|kiro|trae|amazonq)\/(?:[^!]{0,80}\/)?(?:rules|prompts|steering|commands|agents|skills)\/[^!]{1,120}\.(?:md|mdc|txt)$|(?:^|[/!])\.(?:claude|codex|gemini|opencode)\/(?:commands|agents|skills|prompts|rules)\/[^!]{1,120}\.md$|(?:^|[/!])\.github\/(?:copilot-instructions\.md|(?:instructions|prompts|chatmodes|agents)\/[^!]{1,120}\.md)$|(?:^|[/!])(?:\.goosehints|\.junie\/guidelines\.md|llms(?:-full)?\.txt)$/i, { what: 'coding agents follow', does: 'tells' }],
];

export function workspaceKind(path: string): WorkspaceKind | undefined {
  return KINDS.find(([name]) => name.test(path))?.[1];
}
