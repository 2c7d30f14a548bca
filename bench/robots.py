"""Operators' telephones that answer whatever rings, talk, and hang up or transfer the caller to another queue.

Whose transfer is refused, because the talk has not begun for Asterisk or is over, hangs up after a while.
"""

from pathlib import Path

from run.demo import caller_audio
from run.demo.telephones import ROBOTS, SDP, Sipp, Telephones

SPOKEN = "Assalomu alaykum, operator eshitadi. Hozir tekshirib beraman."

SCENARIO = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="An operator answers, talks for a while, hangs up or transfers">
  <recv request="CANCEL" optional="global" next="8"/>
  <recv request="BYE" optional="global" next="9"/>
  <recv request="INVITE" rrs="true"><action>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="calling"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="called"/>
    <ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="asked"/>
  </action></recv>
  <send><![CDATA[
      SIP/2.0 180 Ringing
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Record-Route:]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Content-Length: 0

  ]]></send>
  <pause distribution="uniform" min="400" max="1200"/>
  <send retrans="500"><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Record-Route:]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
      Content-Type: application/sdp
      Content-Length: [len]

{sdp}  ]]></send>
  <recv request="ACK"/>
  <nop><action><exec play_pcap_audio="{capture}"/></action></nop>
  <pause distribution="uniform" min="{shortest}" max="{longest}"/>
  <nop next="5" chance="{transfers}"/>
  <send retrans="500" counter="hung_up"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      From:[$called];tag=[call_number]
      To:[$calling]
      [routes]
      Call-ID: [call_id]
      CSeq: 1 BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200" next="10"/>

  <label id="5"/>
  <send retrans="500" counter="transferred"><![CDATA[
      REFER [next_url] SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      From:[$called];tag=[call_number]
      To:[$calling]
      [routes]
      Call-ID: [call_id]
      CSeq: 1 REFER
      Contact: <sip:[local_ip]:[local_port]>
      Refer-To: <sip:{queue}@[local_ip]>
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <label id="6"/>
  <recv response="202" optional="true" next="6" timeout="8000" ontimeout="4"/>
  <recv request="NOTIFY" optional="true" next="7"/>
  <recv request="BYE" next="9"/>
  <label id="7"/>
  <send next="6"><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>

  <label id="4"/>
  <send retrans="500" counter="refused"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
      From:[$called];tag=[call_number]
      To:[$calling]
      [routes]
      Call-ID: [call_id]
      CSeq: 2 BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200" next="10"/>

  <label id="8"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
  <send retrans="500"><![CDATA[
      SIP/2.0 487 Request Terminated
      [last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]
      CSeq:[$asked]
      Content-Length: 0

  ]]></send>
  <recv request="ACK" next="10"/>

  <label id="9"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
  <label id="10"/>
</scenario>
"""


def answer(here: Path, *, port: int, talks: tuple[float, float], transfers: float, queue: str) -> Telephones:
    """All robots' telephones, at ROBOTS:`port`; a share of the talks is transferred to `queue`, by its whole name."""
    here.mkdir(parents=True, exist_ok=True)
    said = caller_audio.alaw_speech("uz+f3", SPOKEN)
    capture = caller_audio.write_capture(here / "robot.pcap", said, {}, seconds=talks[1] + 10)
    shortest, longest = (int(seconds * 1000) for seconds in talks)
    scenario = SCENARIO.format(
        sdp=SDP.format(port="[auto_media_port]"),
        capture=capture.resolve(),
        shortest=shortest,
        longest=longest,
        transfers=transfers,
        queue=queue,
    )
    arguments = ["-i", ROBOTS, "-mi", "127.0.3.2", "-p", str(port), "-mp", "50000"]
    return Telephones([Sipp(here, "robots", scenario, arguments)])
