"""python3 -m unittest test_nano (in this folder): kernels against plain PyTorch, branches against sequences of their own, episodes against the prompt form."""
import glob
import os
import random
import tempfile
import unittest

import numpy as np
import sentencepiece
import torch

import corpus
from clusters import Clusters, runs
from episodes import Coder, Episode, Episodes, coined, false_spans, pack, separated
from export import export, parts, pieces, weights_of
from fused import Fused, open_kernels
from model import Batch, Config, Nano, sequence, vocabulary_of
from tokenizer import train, word_lines
from words import WordEmbeddings, read_table

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'models', 'words.bin')
WRITTEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'written')


def batch_of(*episodes):
    fields = {name: np.concatenate([getattr(e, name) for e in episodes]) for name in ('ids', 'pos', 'hi', 'own')}
    starts = np.cumsum([0] + [len(e.ids) for e in episodes])
    at = np.concatenate([np.array(e.at, np.int64) + start for e, start in zip(episodes, starts)])
    target = np.concatenate([np.array(e.target, np.int64) for e in episodes])
    weight = np.concatenate([np.array(e.weight, np.float32) for e in episodes])
    kinds = {'ids': torch.int64, 'pos': torch.int32, 'hi': torch.int32, 'own': torch.int32}
    return Batch(*(torch.as_tensor(fields[name]).to(kind) for name, kind in kinds.items()), torch.as_tensor(starts), torch.as_tensor(at), torch.as_tensor(target), torch.as_tensor(weight))


def random_episode(rng, vocab):
    ids = lambda n: [rng.randrange(vocab) for _ in range(n)]
    episode = Episode()
    episode.main(ids(rng.randint(1, 90)), 1.0)
    episode.at, episode.target, episode.weight = episode.at[1:], episode.target[1:], episode.weight[1:]
    main = len(episode.ids)
    for _ in range(rng.randint(0, 5)):
        episode.branch(rng.randint(1, main), ids(rng.randint(1, 40)), ids(rng.randint(1, 9)), 2.0)
    return episode


class Model(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.net = Nano(Config(512, 64, 2, 1, 96))
        for p in self.net.parameters():
            p.data.mul_(4 if p.dim() > 1 else 1)

    @unittest.skipUnless(open_kernels(), 'needs a processor with bf16 in AVX-512, and g++')
    def test_fused_gradients_are_those_of_plain_pytorch(self):
        rng = random.Random(0)
        batch = batch_of(*(random_episode(rng, 512) for _ in range(5)))
        loss, _ = self.net.loss(batch)
        loss.backward()
        plain = {name: p.grad.clone() for name, p in self.net.named_parameters()}
        self.net.zero_grad(set_to_none=True)
        fused, _ = Fused(self.net, open_kernels()).loss(batch)
        self.assertAlmostEqual(float(fused) / float(loss.detach()), 1, delta=0.01)
        for name, p in self.net.named_parameters():
            self.assertLess(float((p.grad - plain[name]).norm() / plain[name].norm()), 0.03, name)

    @unittest.skipUnless(torch.cuda.is_available(), 'needs a CUDA device')
    def test_a_cuda_device_computes_the_gradients_of_plain_pytorch(self):
        from flex import Flex
        batch = batch_of(*(random_episode(random.Random(4), 512) for _ in range(9))).to('cuda')
        net = self.net.to('cuda')
        loss, _ = net.loss(batch)
        loss.backward()
        plain = {name: p.grad.clone() for name, p in net.named_parameters()}
        net.zero_grad(set_to_none=True)
        fast, _ = Flex(net, 2048, 0.0).loss(batch)
        fast.backward()
        self.assertAlmostEqual(float(fast.detach()) / float(loss.detach()), 1, delta=0.01)
        for name, p in net.named_parameters():
            self.assertLess(float((p.grad - plain[name]).norm() / plain[name].norm()), 0.1, name)

    def test_a_branch_sees_its_prefix_and_itself_alone(self):
        episode = Episode()
        episode.main([3, 4, 5, 6, 7])
        episode.branch(3, [8, 9], [10], 1.0)
        episode.branch(5, [11], [12], 1.0)
        hidden = self.net.hidden(batch_of(episode)).detach()
        alone = self.net.hidden(sequence([3, 4, 5, 8, 9, 10])).detach()
        self.assertTrue(torch.allclose(hidden[5:8], alone[3:], atol=1e-4))
        whole = self.net.hidden(sequence([3, 4, 5, 6, 7, 11, 12])).detach()
        self.assertTrue(torch.allclose(hidden[8:10], whole[5:], atol=1e-4))


    def test_the_vocabulary_of_a_batch_has_its_tokens(self):
        batch = batch_of(*(random_episode(random.Random(3), 512) for _ in range(2)))
        kept, target = vocabulary_of(batch, 512)
        self.assertEqual(len(kept) % 32, 0)
        self.assertEqual(len(kept.unique()), len(kept))
        self.assertLessEqual(set(batch.ids.tolist()), set(kept.tolist()))
        self.assertTrue(torch.equal(kept[target], batch.target))


class Data(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.vocabulary = os.path.join(cls.folder.name, 'v.model')
        train(None, WRITTEN, os.path.join(cls.folder.name, 'v'), 2048)
        cls.coder = Coder(sentencepiece.SentencePieceProcessor(model_file=cls.vocabulary))
        cls.sources = corpus.load(None, WRITTEN)

    def test_a_gguf_file_can_be_trained_on(self):
        net = Nano(Config(self.coder.processor.vocab_size(), 64, 2, 1, 96))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'm.gguf')
            export({'model': net.state_dict(), 'config': vars(net.c)}, self.vocabulary, path, 'm')
            for name, found in weights_of(path, self.coder.processor).items():
                expected = net.state_dict()[name]
                self.assertEqual(found.shape, expected.shape, name)
                self.assertLess(float((found - expected).abs().max()), 0.01 * float(expected.abs().max()), name)

    def test_a_gguf_file_can_be_trained_on_with_another_vocabulary(self):
        net = Nano(Config(self.coder.processor.vocab_size(), 64, 1, 1, 96))
        with tempfile.TemporaryDirectory() as folder:
            path, other = os.path.join(folder, 'm.gguf'), os.path.join(folder, 'o')
            export({'model': net.state_dict(), 'config': vars(net.c)}, self.vocabulary, path, 'm')
            train(None, WRITTEN, other, 2304)
            processor = sentencepiece.SentencePieceProcessor(model_file=f'{other}.model')
            found = weights_of(path, processor)['emb']
            known = {piece: i for i, piece in enumerate(pieces(self.coder.processor))}
            self.assertEqual(len(found), 2304)
            for i, piece in enumerate(pieces(processor)):
                expected = net.emb[[known[part] for part in parts(piece, known)]].mean(0)
                self.assertLess(float((found[i] - expected).abs().max()), 0.01 * float(net.emb.abs().max()), piece)

    def test_a_piece_that_is_not_known_has_parts(self):
        self.assertEqual(parts('▁ab', {'▁ab', '▁a', 'b'}), ['▁ab'])
        self.assertEqual(parts('▁abé', {'▁a', 'b'}), ['▁a', 'b', '<0xC3>', '<0xA9>'])

    def test_trained_embeddings_stay_what_they_are_when_they_come_to_rest_on_words(self):
        net = Nano(Config(self.coder.processor.vocab_size(), 64, 1, 1, 96))
        before = net.emb.detach().clone()
        WordEmbeddings(net, self.coder.processor, TABLE, trained=True)
        self.assertLess(float((net.emb - before).abs().max()), 1e-5)

    def test_what_is_learnt_of_one_word_moves_words_like_it(self):
        processor = self.coder.processor
        net = Nano(Config(processor.vocab_size(), 64, 1, 1, 96))
        words = WordEmbeddings(net, processor, TABLE)
        seen, like, other = (processor.piece_to_id(f'▁{word}') for word in ('the', 'that', 'fi'))
        before = net.emb.detach().clone()
        optimizer = torch.optim.SGD(words.parameters, lr=0.1)
        net.emb[seen].sum().backward()
        words.unfold_grad()
        optimizer.step()
        words.fold()
        moved = (net.emb - before).norm(dim=1)
        self.assertGreater(moved[seen], moved[like])
        self.assertGreater(moved[like], 1e-3)
        self.assertEqual(moved[self.coder.control['end']], 0)
        restored = WordEmbeddings(Nano(net.c), processor, TABLE)
        restored.load(words.state())
        self.assertTrue(torch.equal(restored.net.emb, net.emb))

    def test_frequent_words_are_written_most_often(self):
        lines = list(word_lines(read_table(TABLE)[0]))
        self.assertGreater(lines[0].count('the'), lines[-1].count(' '))

    def test_written_domains_are_sound(self):
        for source in self.sources:
            for sentence in source.sentences:
                self.assertNotIn('}', ''.join(c for i, c in enumerate(sentence.text) if not any(s <= i < e for s, e, _ in sentence.entities)), source.name)
            for t, examples in source.examples.items():
                self.assertEqual(len(examples), len(set(examples)), f'{source.name} {t}')

    def test_a_coined_name_is_new_and_keeps_its_other_words(self):
        self.assertEqual(coined('Anna Washington', 'Nashville'), 'Anna Washiville')
        self.assertEqual(coined('bo', 'Nashville'), 'bo')

    def test_names_that_stand_in_are_those_of_kindred_types(self):
        names = corpus.stand_ins(self.sources, None)
        self.assertIn('Haaland', names['person'])
        self.assertFalse(set(names['person']) & set(names['disease']))

    def test_domains_that_are_kept_aside_are_not_loaded(self):
        self.assertEqual(len(self.sources), len(glob.glob(os.path.join(WRITTEN, '*.json'))) - len(corpus.ASIDE))

    def test_every_loss_is_on_the_token_that_follows(self):
        episodes = Episodes(self.sources, {}, self.coder, seed=5)
        for _ in range(50):
            e = episodes.next()
            self.assertEqual({len(e.ids)}, {len(e.pos), len(e.hi), len(e.own)})
            for at, target in zip(e.at, e.target):
                self.assertEqual(e.ids[at + 1], target)

    def test_an_extraction_lists_the_strings_of_the_joint_answer(self):
        control = self.coder.control
        episodes = Episodes(self.sources, {}, self.coder, seed=6)
        e = episodes.next()
        end = lambda i: e.ids.index(control['end'], i)
        joint = [e.ids[i + 1:end(i)] for i, t in enumerate(e.ids) if t == control['spans']]
        extracted = [e.ids[i + 1:end(i)] for i, t in enumerate(e.ids) if t == control['extract']]
        self.assertEqual(len(joint), len(extracted))
        for answer, strings in zip(joint, extracted):
            self.assertEqual(answer.count(control['type']), 0 if not strings else strings.count(control['sep']) + 1)

    def test_the_same_seed_gives_the_same_batch(self):
        a, b = (pack(Episodes(self.sources, {}, self.coder, seed=7), 3000) for _ in range(2))
        for x, y in zip(a, b):
            self.assertTrue(np.array_equal(x, y))

    def test_a_batch_is_no_larger_than_asked_for(self):
        episodes = Episodes(self.sources, {}, self.coder, seed=8)
        whole = Episodes(self.sources, {}, self.coder, seed=8)
        for _ in range(5):
            ids, *_, starts, _, _, _ = pack(episodes, 6000)
            self.assertLessEqual(len(ids), 6000)
            self.assertEqual(starts[-1], len(ids))
            self.assertEqual(ids.tolist(), [token for _ in starts[1:] for token in whole.next().ids])

    def test_made_up_types_have_mentions_and_names(self):
        clusters = Clusters(self.sources, [], TABLE, 0.5)
        for seed in range(20):
            source = clusters.retyped(random.Random(seed))
            names = [name for choices in source.types.values() for name in choices]
            self.assertEqual(len(names), len(set(names)))
            for sentence in source.sentences:
                for start, end, t in sentence.entities:
                    self.assertIn(t, source.types)
                    self.assertIn(sentence.text[start:end], source.examples[t])

    def test_types_are_made_up_without_any_plain_text(self):
        clusters, rng = Clusters(self.sources, [], TABLE, 0.5), random.Random(0)
        self.assertTrue(any([clusters.source(rng) for _ in range(20)]))

    def test_words_of_a_made_up_type_are_like_each_other(self):
        text = ' '.join(word for word in read_table(TABLE)[0][300:6000] if word.isalpha())
        clusters = Clusters(self.sources, [' '.join(text.split()[i:i + 40]) for i in range(0, 5000, 40)], TABLE, 0.5)
        within, across = [], []
        for seed in range(10):
            source = clusters.lexical(random.Random(seed))
            middles = [np.mean([clusters.vectors[clusters.place[m]] for m in mentions if m in clusters.place], 0) for mentions in source.examples.values()]
            for n, mentions in enumerate(source.examples.values()):
                for m in (m for m in mentions if m in clusters.place):
                    within.append(clusters.vectors[clusters.place[m]] @ middles[n])
                    across += [clusters.vectors[clusters.place[m]] @ other for k, other in enumerate(middles) if k != n]
        self.assertGreater(np.mean(within), np.mean(across) + 0.2)

    def test_neighbours_of_one_type_are_one_mention(self):
        self.assertEqual(runs('New York, Paris and London', {'new': 'a', 'york': 'a', 'paris': 'a', 'london': 'b'}), [(0, 8, 'a'), (10, 15, 'a'), (20, 26, 'b')])

    def test_false_spans_are_no_gold_and_in_the_text(self):
        rng = random.Random(1)
        text, gold = 'Ada Lovelace wrote to Charles Babbage about the Engine', {'Ada Lovelace': 'person', 'Charles Babbage': 'person'}
        for _ in range(100):
            for span in false_spans(text, gold, ['the Engine'], rng, 3):
                self.assertIn(span, text)
                self.assertNotIn(span, gold)

    def test_separators(self):
        self.assertEqual(separated(['a', 'b']), ['a', ['sep'], 'b'])
        self.assertEqual(separated(['a', ['type'], 't', 'b', ['type'], 'u'], 3), ['a', ['type'], 't', ['sep'], 'b', ['type'], 'u'])


if __name__ == '__main__':
    unittest.main()
