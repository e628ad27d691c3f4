// Package devdb runs a private PostgreSQL with PostGIS for whoever has no database of their own to point at: a newcomer, the demo, a small town on
// one machine, the tests. The programs are the installed ones, the data lies in a folder of ours, the only way in is a Unix socket.
//
// # Sharing
//
// Several processes use one cluster at a time: a server and an import beside it, or the test binaries of many packages. Each holds a shared lock on
// the file "users"; starting and stopping happen under an exclusive lock on "gate". Whoever leaves and finds nobody else holding "users" stops the
// server; whoever stays and finds it dead starts it again. The kernel gives the locks of a killed process back, so nothing is ever counted, and
// nothing goes stale. Refused: a daemon of our own (one more thing to install and to lose), and a server that is the child of one user (the others
// would lose it with him).
//
// # Who may connect
//
// PostgreSQL listens on no network address. Its socket lies in a folder with mode 0700 that belongs to the user the server runs as, so only that user
// and root can reach it, and those may read the data files anyway: inside, every connection is trusted. Refused: a generated password in a
// file beside the data, which guards no more than the folder does.
//
// # Root
//
// PostgreSQL refuses to run as root, so for root it runs as the system user postgres that its package made. The data folder is often out of
// that user's reach (a clone in /root). Then the server gets the open folder itself, as file descriptor 3, and knows it as /proc/self/fd/3. Refused:
// data in /var/lib with a pointer in the folder (a deleted or copied folder would leave or share a cluster), and opening /root to everybody.
//
// # Durability
//
// Start keeps every commit through a power cut. StartTest does not, and is faster for it; its cluster has a place of its own, "postgres-test", so that
// neither can ever open the other's data.
package devdb
