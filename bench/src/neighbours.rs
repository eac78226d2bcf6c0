//! Other servers that do the same work: nginx with the same bytes, Django with such a form.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::net::TcpStream;

use crate::installation::free;

/// A server that was started. Dropping it ends it.
pub struct Neighbour {
    child: Child,
    /// Where it listens.
    pub host: String,
}

impl Neighbour {
    /// nginx, which sends this page.
    pub async fn nginx(folder: &Path, page: &[u8]) -> Self {
        std::fs::write(folder.join("page.html"), page).expect("a file");
        let (host, folder) = (free(), folder.display().to_string());
        let configuration = format!(
            "daemon off; worker_processes auto; pid {folder}/nginx.pid; error_log stderr; events {{ worker_connections 512; }} \
             http {{ access_log off; keepalive_requests 1000000000; open_file_cache max=10; default_type text/html; \
             client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; \
             scgi_temp_path {folder}/e; server {{ listen {host}; root {folder}; }} }}"
        );
        std::fs::write(format!("{folder}/nginx.conf"), configuration).expect("a file");
        // Its workers are another user's where root starts it.
        _ = Command::new("chmod").args(["755", &folder]).status();
        let nginx = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
        let mut command = Command::new(nginx);
        command.args(["-p", &folder, "-c", &format!("{folder}/nginx.conf")]);
        Self::start(command, host).await
    }

    /// Django with bench/django/page.py, a worker a core.
    pub async fn django(folder: &Path) -> Self {
        let host = free();
        let python = std::env::var("FLOWTHROUGH_BENCH_PYTHON").expect("FLOWTHROUGH_BENCH_PYTHON: scripts/bench.sh");
        let cores = std::thread::available_parallelism().map_or(1, usize::from).to_string();
        let mut command = Command::new(format!("{python}/gunicorn"));
        command.args([
            "--chdir",
            "bench/django",
            "--bind",
            &host,
            "--workers",
            &cores,
            "--threads",
            "16",
            "--log-level",
            "error",
        ]);
        command.arg("page:application").env("BENCH_DATABASE", folder.join("django.db"));
        Self::start(command, host).await
    }

    async fn start(mut command: Command, host: String) -> Self {
        let child = command.stdout(Stdio::null()).spawn().expect("it starts");
        let neighbour = Self { child, host };
        for _ in 0..500 {
            if TcpStream::connect(&neighbour.host).await.is_ok() {
                return neighbour;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{command:?} does not listen");
    }
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        // Asked, so that it ends its workers.
        _ = Command::new("kill").arg(self.child.id().to_string()).status();
        _ = self.child.wait();
    }
}
