package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
)

// largestBitmap is the width up to which an image of an icon file is stored as
// a bitmap, which every version of every loader of Windows reads; larger ones
// are PNG to stay small.
const largestBitmap = 48

// icoEntry is ICONDIRENTRY of the Windows icon format.
type icoEntry struct {
	Width, Height, Colours, Reserved uint8 // 0 stands for 256
	Planes, BitCount                 uint16
	Size, Offset                     uint32
}

func encodeICO(m mark, sizes []int) ([]byte, error) {
	var dir, images bytes.Buffer
	put(&dir, [3]uint16{0, 1, uint16(len(sizes))})
	first := 6 + binary.Size(icoEntry{})*len(sizes)
	for _, size := range sizes {
		data, err := encodeImage(m.draw(size))
		if err != nil {
			return nil, err
		}
		put(&dir, icoEntry{
			Width: uint8(size), Height: uint8(size), Planes: 1, BitCount: 32,
			Size: uint32(len(data)), Offset: uint32(first + images.Len()),
		})
		images.Write(data)
	}
	return append(dir.Bytes(), images.Bytes()...), nil
}

func encodeImage(img *image.NRGBA) ([]byte, error) {
	var b bytes.Buffer
	if img.Rect.Dx() > largestBitmap {
		err := png.Encode(&b, img)
		return b.Bytes(), err
	}
	encodeBitmap(&b, img)
	return b.Bytes(), nil
}

// encodeBitmap writes a BITMAPINFOHEADER, the pixels from the bottom up in BGRA,
// and the one-bit mask that old loaders use instead of the alpha channel.
func encodeBitmap(b *bytes.Buffer, img *image.NRGBA) {
	size := img.Rect.Dx()
	put(b, struct {
		Size          uint32
		Width, Height int32 // the height counts the mask too
		Planes, Bits  uint16
		Rest          [6]uint32
	}{Size: 40, Width: int32(size), Height: int32(2 * size), Planes: 1, Bits: 32})
	stride := (size + 31) / 32 * 4
	mask := make([]byte, stride*size)
	for row := range size {
		for x := range size {
			c := img.NRGBAAt(x, size-1-row)
			b.Write([]byte{c.B, c.G, c.R, c.A})
			if c.A < 128 {
				mask[row*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	b.Write(mask)
}

// put writes a value of fixed size; a bytes.Buffer takes everything.
func put(b *bytes.Buffer, v any) {
	if err := binary.Write(b, binary.LittleEndian, v); err != nil {
		panic(err)
	}
}
