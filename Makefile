# The front door. The logic is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run demo-users release deb deb-test test previous chaos simulate fuzz rolling bench bench-quick check screenshots clean-data

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up, build and serve the demo on http://127.0.0.1:3000
	@scripts/run.sh

demo-users: ## list the demo's users and links; who has been used up is left out
	@[ -x target/debug/flowthrough ] || { echo "There is no demo yet: make run"; exit 1; }
	@target/debug/flowthrough demo-users

release: ## build what an operator installs, without the demo: target/operator, and the archive of it with its checksum
	@scripts/setup.sh release && scripts/build.sh operator

deb: ## make the Debian package of what `make release` built, in target/, and its checksum
	@rm -f target/flowthrough_*.deb
	@scripts/deb.sh
	@cd target && sha256sum flowthrough-*.tar.gz flowthrough_*.deb >SHA256SUMS

deb-test: ## install, start, upgrade and remove that package on a throw-away copy of this Debian, and have lintian look at it
	@scripts/setup.sh package && scripts/deb-test.sh target/operator lint

test: ## set up and run every suite; the last line is the sum
	@scripts/test.sh

previous: ## run the version before on the schema of this one, on SQLite and PostgreSQL
	@scripts/previous-release.sh

chaos: ## kill and stop servers, fail the database over and set the clock under load, and count who is lost (minutes)
	@scripts/chaos.sh

simulate: ## live through made-up runs of the engine on virtual time: SECONDS=60
	@scripts/simulate.sh $(SECONDS)

fuzz: ## feed everything that reads bytes from outside with what libFuzzer thinks of, so long for each: SECONDS=60
	@scripts/setup.sh test && scripts/fuzz.sh $(SECONDS)

rolling: ## restart two replicas behind nginx under 100,000 requests and count who fails (minutes; needs nginx)
	@scripts/rolling.sh

bench: ## measure the release on both databases, beside nginx, Django and the databases alone (20 minutes)
	@scripts/bench.sh

bench-quick: ## count statements, commits and bytes, and compare them with the committed figures
	@scripts/setup.sh release test && scripts/build.sh demo && scripts/bench-quick.sh

check: ## formatting and lints, of the server's and the browser's code
	@scripts/check.sh

screenshots: ## take the README's pictures anew (docs/images)
	@scripts/screenshots.sh

clean-data: ## forget the demo's data, database and mails (data/): all its users are fresh again
	@rm -rf data
