//! What the tests of the program share: a folder with files, the program run in it, and rows of refused command lines.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A folder for one test, with the files that its program sees.
pub struct Folder(tempfile::TempDir);

/// How the program ended, and what it wrote.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The repository's root.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &[u8])]) -> Folder {
        let folder = Folder::new();
        for (name, bytes) in files {
            folder.write(name, bytes);
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and makes its folder if need be.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The program, to be run here, with nothing of the environment that changes what it writes.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloneproof"));
        command
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .env_remove("RUST_LOG")
            .args(arguments);
        command
    }

    /// Runs the program; it never panics.
    #[track_caller]
    pub fn run_words(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!ran.err.contains("panicked"), "{arguments:?}: {}", ran.err);
        ran
    }

    /// Runs the program with the words of `line`.
    #[track_caller]
    pub fn run(&self, line: &str) -> Ran {
        self.run_words(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs the program, which must end with `code` and tell all that is `named`.
    #[track_caller]
    pub fn expect(&self, code: i32, line: &str, named: &[&str]) -> Ran {
        let ran = self.run(line);
        let text = ran.flat();
        assert_eq!(ran.code, code, "{line}: {text}");
        for name in named {
            assert!(text.contains(name), "{line}: no {name:?} in: {text}");
        }
        ran
    }

    /// Every file under the folder, to see that nothing changed.
    pub fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => all.push((path.clone(), fs::read(&path).unwrap())),
                }
            }
        }
        all.sort();
        all
    }

    /// Bad input: the program ends with `code` and names what is wrong, on standard error alone, and every file is what
    /// and where it was.
    #[track_caller]
    pub fn refuses(&self, line: &str, code: i32, named: &[&str]) {
        let before = self.contents();
        let ran = self.expect(code, line, named);
        assert_eq!(ran.out, "", "{line}");
        assert!(self.contents() == before, "{line}: something was changed");
    }
}

impl Ran {
    /// All that was written in one line, without the frame and the breaks of wrapped messages.
    pub fn flat(&self) -> String {
        let text = format!("{}\n{}", self.out, self.err).replace('│', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// A test for each row: its name, a command line that `$folder` cannot serve, the exit code, and what the message names.
macro_rules! refused {
    ($folder:expr; $($name:ident: $line:expr => $code:literal $named:expr;)+) => {$(
        #[test]
        fn $name() {
            $folder.refuses($line, $code, &$named);
        }
    )+};
}
