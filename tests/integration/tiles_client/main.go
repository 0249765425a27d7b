// Command tiles_client reads a served log as anyone can who knows nothing of MealTrace: with
// torchwood, a client of c2sp.org/tlog-tiles by the author of that specification.
//
//	tiles_client URL VKEY
//
// It opens the checkpoint with the key, reads every entry bundle against the hash tiles, proves
// the inclusion of each entry, recomputes the root from the entries alone, and prints size, root
// and the SHA-256 of all entries one after the other.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: tiles_client URL VKEY")
	}
	if err := read(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context, url, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	fetcher, err := torchwood.NewTileFetcher(url, torchwood.WithConcurrencyLimit(8))
	if err != nil {
		return err
	}
	signed, err := fetcher.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	policy := torchwood.ThresholdPolicy(2,
		torchwood.OriginPolicy(verifier.Name()), torchwood.SingleVerifierPolicy(verifier))
	head, _, err := torchwood.VerifyCheckpoint(signed, policy)
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		return err
	}

	var hashes storedHashes
	content := sha256.New()
	for index, entry := range client.AllEntries(ctx, head.Tree, 0) {
		added, err := tlog.StoredHashes(index, entry, hashes)
		if err != nil {
			return err
		}
		hashes = append(hashes, added...)
		content.Write(entry)
	}
	if err := client.Err(); err != nil {
		return err
	}
	root, err := tlog.TreeHash(head.N, hashes)
	if err != nil {
		return err
	}
	if root != head.Hash {
		return fmt.Errorf("the entries make root %v, the checkpoint says %v", root, head.Hash)
	}
	for index := range head.N {
		if _, _, err := client.Entry(ctx, head.Tree, index); err != nil {
			return err
		}
	}
	fmt.Printf("%d %x %x\n", head.N, head.Hash[:], content.Sum(nil))
	return nil
}

// storedHashes is a tree in memory, in the order of tlog.StoredHashIndex.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for n, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("no hash at %d", index)
		}
		found[n] = s[index]
	}
	return found, nil
}
