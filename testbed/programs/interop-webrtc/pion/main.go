// Calls a bot as pion does, on loopback only. Arguments: the bot's address, which call, and a file of Opus packets of 20 ms, each a
// line of base64. Prints one line of JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

const (
	frame     = 20 * time.Millisecond
	patience  = 15 * time.Second
	enoughRTP = 50
)

type outcome struct {
	Packets   int64  `json:"packets"`
	Reports   int64  `json:"reports"`
	Direction string `json:"direction"`
	Error     string `json:"error,omitempty"`
}

func main() {
	result, err := call(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		result.Error = err.Error()
	}
	text, _ := json.Marshal(result)
	fmt.Println(string(text))
	if err != nil {
		os.Exit(1)
	}
}

func call(baseURL, kind, speech string) (outcome, error) {
	var result outcome
	packets, err := readPackets(speech)
	if err != nil {
		return result, err
	}
	pc, err := connectionOnLoopback(kind == "ice-lite")
	if err != nil {
		return result, err
	}
	defer pc.Close()
	track, err := webrtc.NewTrackLocalStaticSample(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "voice", "caller")
	if err != nil {
		return result, err
	}
	if err := addVoice(pc, track, kind); err != nil {
		return result, err
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo); err != nil {
		return result, err
	}
	var rtp, reports atomic.Int64
	pc.OnTrack(func(remote *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go func() {
			for {
				if _, _, err := receiver.ReadRTCP(); err != nil {
					return
				}
				reports.Add(1)
			}
		}()
		for {
			if _, _, err := remote.ReadRTP(); err != nil {
				return
			}
			rtp.Add(1)
		}
	})
	label := "chat"
	if kind == "label" {
		label = "anything"
	}
	channel, err := pc.CreateDataChannel(label, nil)
	if err != nil {
		return result, err
	}
	open := make(chan struct{})
	channel.OnOpen(func() {
		// As Pipecat's clients do, after which the bot greets.
		_ = channel.SendText(`{"label":"rtvi-ai","type":"client-ready","id":"1","data":{"version":"2.1.0"}}`)
		close(open)
	})
	if err := negotiate(pc, baseURL); err != nil {
		return result, err
	}
	select {
	case <-open:
	case <-time.After(patience):
		return result, errors.New("the data channel did not open")
	}
	if kind != "recvonly" {
		for _, packet := range packets {
			if err := track.WriteSample(media.Sample{Data: packet, Duration: frame}); err != nil {
				return result, err
			}
			time.Sleep(frame)
		}
	}
	deadline := time.Now().Add(patience)
	for kind != "sendonly" && rtp.Load() < enoughRTP && time.Now().Before(deadline) {
		time.Sleep(frame)
	}
	result.Packets = rtp.Load()
	result.Reports = reports.Load()
	result.Direction = pc.GetTransceivers()[0].Direction().String()
	return result, nil
}

func connectionOnLoopback(lite bool) (*webrtc.PeerConnection, error) {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetLite(lite)
	return webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
}

func addVoice(pc *webrtc.PeerConnection, track webrtc.TrackLocal, kind string) error {
	direction := webrtc.RTPTransceiverDirectionSendrecv
	switch kind {
	case "sendonly":
		direction = webrtc.RTPTransceiverDirectionSendonly
	case "recvonly":
		_, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		return err
	}
	_, err := pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: direction})
	return err
}

func negotiate(pc *webrtc.PeerConnection, baseURL string) error {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	var session struct {
		SessionID string `json:"sessionId"`
	}
	if err := post(baseURL+"/start", map[string]any{}, &session); err != nil {
		return err
	}
	var answer struct {
		SDP string `json:"sdp"`
	}
	body := map[string]any{"sdp": pc.LocalDescription().SDP, "type": "offer"}
	if err := post(baseURL+"/sessions/"+session.SessionID+"/api/offer", body, &answer); err != nil {
		return err
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP})
}

func post(url string, body, reply any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	response, err := http.Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		detail, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s: %d %s", url, response.StatusCode, detail)
	}
	return json.NewDecoder(response.Body).Decode(reply)
}

func readPackets(path string) ([][]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var packets [][]byte
	for lines := bufio.NewScanner(file); lines.Scan(); {
		packet, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil {
			return nil, err
		}
		packets = append(packets, packet)
	}
	return packets, nil
}
